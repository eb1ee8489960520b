/**
 * Runs a command in a network, a table of mounts and a tree of processes of its own. The network leads nowhere, so no pod can reach anything
 * outside; and with the last process the kernel takes away bridges, rules, routes, mounts and whatever still runs, however the run ends.
 * catatonit is the tree's first process: it passes signals on and buries those that nobody waits for.
 */
export const inNamespaces = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
  ...['catatonit', '--'],
];
