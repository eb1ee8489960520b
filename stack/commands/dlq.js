// @ts-check
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { checkout, stackFolder } from '../support/paths.js';
import { readState } from '../support/state.js';

/** `npm run dlq`: the dead letters of the notifications, on the Kafka of the running stack. */
export function run() {
  const program = path.join(checkout, 'dist', 'notifications', 'dlq.js');
  const dir = stackFolder(process.env);
  const brokers =
    process.env.KAFKA_BROKERS ||
    readState(dir, 'app')?.env.KAFKA_BROKERS ||
    readState(dir, 'servers')?.env.KAFKA_BROKERS;
  if (!fs.existsSync(program)) return fail('It is not built yet. Build it with: npm run build');
  if (!brokers) return fail(`Nothing runs in ${dir}, and KAFKA_BROKERS names no other. Start it with: npm start`);
  const child = spawn(process.execPath, [program, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, KAFKA_BROKERS: brokers },
  });
  child.once('exit', (code) => (process.exitCode = code ?? 1));
}

/** @param {string} why */
function fail(why) {
  console.error(why);
  process.exitCode = 1;
}
