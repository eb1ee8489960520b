import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from '../../stack/support/run-command.js';

const programs = ['iptables', 'ip6tables'];
const tables = ['filter', 'nat', 'raw'];
const forwarding = '/proc/sys/net/ipv4/ip_forward';

interface Before {
  forwards: string;
  policies: Record<string, string>;
}

/** What an engine changes for the whole machine is written down before it does; what a killed one has not put back is known still. */
export async function rememberRules(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const file = path.join(folder, 'before.json');
  if (fs.existsSync(file)) return;
  const before: Before = { forwards: fs.readFileSync(forwarding, 'utf8').trim(), policies: {} };
  for (const program of programs) {
    const policy = /^-P FORWARD (\w+)$/m.exec(await rulesOf(program, 'filter', env))?.[1];
    if (policy !== undefined) before.policies[program] = policy;
  }
  fs.writeFileSync(file, JSON.stringify(before));
}

/** An engine leaves its chains behind when it ends. Those of another one that still runs have the same names: then they stay. */
export async function removeRules(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const file = path.join(folder, 'before.json');
  if (!fs.existsSync(file) || (await runsAnotherEngine(env))) return;
  const before = JSON.parse(fs.readFileSync(file, 'utf8')) as Before;
  for (const program of programs) {
    for (const table of tables) {
      for (const args of removals(await rulesOf(program, table, env))) {
        await runCommand(program, ['--wait', '--table', table, ...args], { env });
      }
    }
    const policy = before.policies[program];
    if (policy !== undefined) await runCommand(program, ['--wait', '--policy', 'FORWARD', policy], { env });
  }
  fs.writeFileSync(forwarding, before.forwards);
  fs.rmSync(file);
}

/**
 * First the jumps into Docker's chains, then what is in them, then the chains: the order in which nothing is in use when it goes.
 * @param rules as `iptables --list-rules` prints them
 */
export function removals(rules: string): string[][] {
  const lines = rules.split('\n').map((line) => line.trim());
  const chains = lines.flatMap((line) => /^-N (DOCKER\S*)$/.exec(line)?.[1] ?? []);
  const jumps = lines.filter((line) => /^-A (?!DOCKER)\S+ (.* )?-j DOCKER\S*$/.test(line));
  return [
    ...jumps.map((line) => ['--delete', ...line.split(' ').slice(1)]),
    ...chains.map((chain) => ['--flush', chain]),
    ...chains.map((chain) => ['--delete-chain', chain]),
  ];
}

async function rulesOf(program: string, table: string, env: NodeJS.ProcessEnv): Promise<string> {
  // A kernel without IPv6 has no such table.
  return runCommand(program, ['--wait', '--table', table, '--list-rules'], { env }).catch(() => '');
}

async function runsAnotherEngine(env: NodeJS.ProcessEnv): Promise<boolean> {
  return (await runCommand('pgrep', ['-x', 'dockerd'], { env }).catch(() => '')) !== '';
}
