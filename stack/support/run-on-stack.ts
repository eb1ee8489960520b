import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { checkout, stackFolder } from './paths.js';
import { readState } from './state.js';

/**
 * Runs a program of ours with our arguments against the running stack, or against what the environment says instead.
 * @param file below dist/
 * @param setting where what it works on is, as the stack calls it
 * @param given as the program calls it
 */
export function runOnStack(file: string, setting: string, given: string = setting) {
  const program = path.join(checkout, 'dist', file);
  const dir = stackFolder(process.env);
  const address =
    process.env[setting] || readState(dir, 'app')?.env[setting] || readState(dir, 'servers')?.env[setting];
  if (!fs.existsSync(program)) return fail('It is not built yet. Build it with: npm run build');
  if (!address) return fail(`Nothing runs in ${dir}, and ${setting} names no other. Start it with: npm start`);
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, [given]: address },
  });
  child.once('exit', (code) => (process.exitCode = code ?? 1));
}

function fail(why: string) {
  console.error(why);
  process.exitCode = 1;
}
