import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readOptions } from '../support/options.js';
import { checkout, stackFolder } from '../support/paths.js';
import { runCommand } from '../support/run-command.js';
import { readState } from '../support/state.js';

const usage = `npm run prune -- [--now]

Shows, for each table that is pruned, how many rows nobody needs any more, and the oldest of them. The services delete them by
themselves, every PRUNE_EVERY; how long rows are kept is set by EVENTS_KEPT_FOR, SESSION_ENDS_AFTER and NOTIFICATIONS_KEPT_FOR.
  --now     deletes them, a few hundred at a time
Ends with 2 when it could not be done.
HOLDFAST_DIR names the folder of another stack; or ORDER_DATABASE_URL, USER_DATABASE_URL and NOTIFICATION_DATABASE_URL any
databases.`;

/** A service alone knows what of its own database may go. */
const programs = {
  ORDER_DATABASE_URL: 'workers/prune.js',
  USER_DATABASE_URL: 'api/user/prune.js',
  NOTIFICATION_DATABASE_URL: 'notifications/prune.js',
};

/** `npm run prune` */
export async function run() {
  readOptions(usage, () => parseArgs({ options: { now: { type: 'boolean' } } }));
  const dir = stackFolder();
  // What the environment says comes first.
  const env = { ...readState(dir, 'app')?.env, ...process.env };
  try {
    for (const [setting, program] of Object.entries(programs)) {
      const file = path.join(checkout, 'dist', program);
      if (!env[setting])
        throw new Error(`Nothing runs in ${dir}, and ${setting} names no database. Start it with: npm start`);
      if (!fs.existsSync(file)) throw new Error('It is not built yet. Build it with: npm run build');
      const said = await runCommand(process.execPath, ['--enable-source-maps', file, ...process.argv.slice(2)], {
        env: { ...env, DATABASE_URL: env[setting] },
      });
      process.stdout.write(said);
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
}
