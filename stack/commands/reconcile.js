// @ts-check
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readOptions } from '../support/options.js';
import { checkout, stackFolder } from '../support/paths.js';
import { readSecrets } from '../support/secrets.js';
import { readState } from '../support/state.js';

const usage = `npm run reconcile -- [--repair] [--order <orderId>]... [--json]

Compares stock, reservations, payments, the provider's ledger, deliveries, orders and workflows of the stack of npm start,
and names every unit and every amount that no record accounts for. Orders that are on their way are not findings.
  --repair  puts right what is safe to, and says what it did
  --order   looks at this order alone
  --json    for programs to read
Ends with 0 when nothing is found, or left after --repair; with 1 when there is; with 2 when it could not be done.
HOLDFAST_DIR names the folder of another stack; or TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, PAYLOAD_KEYS and PAYLOAD_KEY_ID
any Temporal whose order worker runs.`;

/** `npm run reconcile` */
export function reconcile() {
  readOptions(usage, () =>
    parseArgs({
      options: {
        repair: { type: 'boolean' },
        json: { type: 'boolean' },
        order: { type: 'string', multiple: true },
      },
    }),
  );
  const dir = stackFolder();
  const app = readState(dir, 'app');
  const main = path.join(checkout, 'dist', 'workers', 'reconcile.js');
  if (!app && !process.env.TEMPORAL_ADDRESS) {
    console.error(`Nothing runs in ${dir}, and TEMPORAL_ADDRESS names no Temporal. Start it with: npm start`);
    process.exit(2);
  }
  if (!fs.existsSync(main)) {
    console.error('There is no dist/ yet. Make it with: npm run build');
    process.exit(2);
  }
  const given = app && !process.env.TEMPORAL_ADDRESS ? { ...addressOf(app.env), ...keysIn(dir) } : {};
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, ...given },
  });
  child.once('exit', (code) => (process.exitCode = code ?? 2));
}

/** @param {Record<string, string>} env */
function addressOf({ TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' }) {
  return { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE };
}

/** @param {string} dir */
function keysIn(dir) {
  const { PAYLOAD_KEYS = '', PAYLOAD_KEY_ID = '' } = readSecrets(path.join(dir, 'app-secrets.json'));
  return { PAYLOAD_KEYS, PAYLOAD_KEY_ID };
}
