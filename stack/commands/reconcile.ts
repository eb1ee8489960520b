import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readOptions } from '../support/options.js';
import { checkout, stackFolder } from '../support/paths.js';
import { readSecrets } from '../support/secrets.js';
import { readState } from '../support/state.js';

const usage = `npm run reconcile -- [--repair] [--changed] [--order <orderId>]... [--json]
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

/** `npm run reconcile` */
export function run() {
  readOptions(usage, () =>
    parseArgs({
      options: {
        repair: { type: 'boolean' },
        json: { type: 'boolean' },
        changed: { type: 'boolean' },
        order: { type: 'string', multiple: true },
        acknowledge: { type: 'string' },
        by: { type: 'string' },
        note: { type: 'string' },
      },
    }),
  );
  const dir = stackFolder();
  const main = path.join(checkout, 'dist', 'workers', 'reconcile.js');
  // What the environment says comes first.
  const env = { ...settingsOf(dir), ...process.env };
  if (!env.TEMPORAL_ADDRESS)
    giveUp(`Nothing runs in ${dir}, and TEMPORAL_ADDRESS names no Temporal. Start it with: npm start`);
  if (!env.PAYLOAD_KEYS || !env.PAYLOAD_KEY_ID)
    giveUp(`Neither ${dir} nor the environment has PAYLOAD_KEYS and PAYLOAD_KEY_ID.`);
  if (!fs.existsSync(main)) giveUp('There is no dist/ yet. Make it with: npm run build');
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env,
  });
  child.once('exit', (code) => (process.exitCode = code ?? 2));
}

function giveUp(why: string): never {
  console.error(`Could not reconcile: ${why}`);
  process.exit(2);
}

/** @returns of the stack that runs there; none where none does */
function settingsOf(dir: string): NodeJS.ProcessEnv {
  const app = readState(dir, 'app');
  if (!app) return {};
  const { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } = app.env;
  const { PAYLOAD_KEYS, PAYLOAD_KEY_ID } = readSecrets(path.join(dir, 'app-secrets.json'));
  return { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, PAYLOAD_KEYS, PAYLOAD_KEY_ID };
}
