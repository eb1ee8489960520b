import { ourProcesses } from '../app/processes.js';

/** Commands that do one thing and end, by the name that the image knows them by; their files lie below dist/. */
const commands: Record<string, string> = {
  secrets: 'stack/container/secrets.js',
  databases: 'stack/container/databases.js',
  setup: 'stack/setup/main.js',
  'wait-for-setup': 'stack/setup/wait.js',
  reconcile: 'workers/reconcile.js',
  dlq: 'notifications/dlq.js',
  // Each in the environment of its service, whose database it is.
  'prune-orders': 'workers/prune.js',
  'prune-users': 'api/user/prune.js',
  'prune-payments': 'workers/prune-payments.js',
  'prune-notifications': 'notifications/prune.js',
  users: 'api/user/users.js',
  'roll-out': 'workers/roll-out.js',
};

export interface Entry {
  /** Below dist/. */
  file: string;
  /** Processes that stay up are traced. */
  isTraced: boolean;
}

/** What the image can run, by the name given to it. */
export const entries: Record<string, Entry> = {
  ...Object.fromEntries(ourProcesses.map(({ name, entry }) => [name, { file: entry, isTraced: true }])),
  ...Object.fromEntries(Object.entries(commands).map(([name, file]) => [name, { file, isTraced: false }])),
};
