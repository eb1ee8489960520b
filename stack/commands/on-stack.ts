import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { checkout, stackFolder } from '../support/paths.js';
import { readSecrets, readState } from '../support/state.js';
import { readOptions } from '../support/terminal.js';

interface Tool {
  /** Below dist/, one after the other; each with the setting that it knows as DATABASE_URL. */
  programs: { file: string; database?: string }[];
  /** What it must be told, beside its database. */
  needs?: string[];
  /** Without it the program itself says what it takes. */
  usage?: string;
  options?: ParseArgsConfig['options'];
  /** The exit code when it could not be run. */
  otherwise: number;
}

const pruneUsage = `npm run prune -- [--now]

Shows, for each table that is pruned, how many rows nobody needs any more, and the oldest of them. The services delete them by
themselves, every PRUNE_EVERY; how long rows are kept is set by EVENTS_KEPT_FOR, SESSION_ENDS_AFTER and NOTIFICATIONS_KEPT_FOR.
  --now     deletes them, a few hundred at a time
Ends with 2 when it could not be done.
HOLDFAST_DIR names the folder of another stack; or ORDER_DATABASE_URL, USER_DATABASE_URL and NOTIFICATION_DATABASE_URL any
databases.`;

const reconcileUsage = `npm run reconcile -- [--repair] [--changed] [--order <orderId>]... [--json]
npm run reconcile -- --acknowledge <finding> --order <orderId>... --by <who> --note <why> [--json]

Compares stock, reservations, payments, the provider's ledger, deliveries, orders and workflows of the stack of npm start,
and names every unit and every amount that no record accounts for. Orders that are on their way are not findings.
  --repair  puts right what is safe to, and says what it did
  --changed follows what changed since the last pass, as the schedule does; else it looks at everything
  --order   looks at this order alone
  --json    for programs to read
  --acknowledge
            writes into the order's timeline that somebody has put right by hand what is found of this kind, which no repair
            can: it is told no more, until it stands otherwise
Ends with 0 when nothing is found, or left after --repair; with 1 when there is; with 2 when it could not be done, there
is no such order, or nothing of the kind to acknowledge.
HOLDFAST_DIR names the folder of another stack; or TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, PAYLOAD_KEYS and PAYLOAD_KEY_ID
any Temporal whose order worker runs.`;

/** Whoever looks after a running stack has these beside its pages. */
const tools: Record<string, Tool> = {
  dlq: { programs: [{ file: 'notifications/dlq.js' }], needs: ['KAFKA_BROKERS'], otherwise: 1 },
  users: { programs: [{ file: 'api/user/users.js', database: 'USER_DATABASE_URL' }], otherwise: 1 },
  prune: {
    // A service alone knows what of its own database may go.
    programs: [
      { file: 'workers/prune.js', database: 'ORDER_DATABASE_URL' },
      { file: 'api/user/prune.js', database: 'USER_DATABASE_URL' },
      { file: 'workers/prune-payments.js', database: 'PAYMENT_DATABASE_URL' },
      { file: 'notifications/prune.js', database: 'NOTIFICATION_DATABASE_URL' },
    ],
    usage: pruneUsage,
    options: { now: { type: 'boolean' } },
    otherwise: 2,
  },
  reconcile: {
    programs: [{ file: 'workers/reconcile.js' }],
    needs: ['TEMPORAL_ADDRESS', 'PAYLOAD_KEYS', 'PAYLOAD_KEY_ID'],
    usage: reconcileUsage,
    options: {
      repair: { type: 'boolean' },
      changed: { type: 'boolean' },
      order: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      acknowledge: { type: 'string' },
      by: { type: 'string' },
      note: { type: 'string' },
    },
    otherwise: 2,
  },
};

/** `npm run dlq`, `users`, `prune` and `reconcile`: a program of ours, with our arguments, against the running stack. */
export async function run() {
  const name = process.argv.splice(2, 1)[0] ?? '';
  const tool = tools[name];
  if (!tool) throw new Error(`There is no tool ${name}`);
  const { programs, needs = [], usage, options, otherwise } = tool;
  if (usage !== undefined) readOptions(usage, () => parseArgs({ options }));
  const dir = stackFolder();
  const environment = { ...settingsOf(dir, needs), ...process.env };
  for (const { file, database } of programs) {
    const program = path.join(checkout, 'dist', file);
    const lacking = [...needs, ...(database ? [database] : [])].find((setting) => !environment[setting]);
    const why = lacking
      ? `Nothing runs in ${dir}, and ${lacking} is not set. Start it with: npm start`
      : !fs.existsSync(program) && 'It is not built yet. Build it with: npm run build';
    if (why) {
      console.error(why);
      process.exitCode = otherwise;
      return;
    }
    const child = spawn(process.execPath, ['--enable-source-maps', program, ...process.argv.slice(2)], {
      stdio: 'inherit',
      env: { ...environment, ...(database ? { DATABASE_URL: environment[database] } : {}) },
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    process.exitCode = programs.length > 1 && code !== 0 ? otherwise : (code ?? otherwise);
    if (code !== 0) return;
  }
}

/** Of the stack that runs there, if one does: its addresses, and of its secrets those that are needed. */
function settingsOf(dir: string, needs: string[]): Record<string, string> {
  const [servers, app] = [readState(dir, 'servers'), readState(dir, 'app')];
  const secrets = Object.entries(app ? readSecrets(path.join(dir, 'app-secrets.json')) : {});
  return {
    ...servers?.env,
    ...app?.env,
    ...Object.fromEntries(secrets.filter(([setting]) => needs.includes(setting))),
  };
}
