// @ts-check
import fs from 'node:fs';
import path from 'node:path';
import { startServers } from './start-servers.js';
import { keepsake } from './support/paths.js';
import { createProgress } from './support/progress.js';

// Brings up the servers alone, on free ports, for running single tests by hand; writes their addresses to .holdfast/servers/env.

const dir = path.join(keepsake, 'servers');
const file = path.join(dir, 'env');
const progress = createProgress();
const stopping = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));

try {
  fs.rmSync(file, { force: true });
  const set = await startServers({
    dir,
    ports: 'free',
    durable: false,
    restart: true,
    progress,
    signal: stopping.signal,
    onSettings: write,
  });
  progress.say(`Their addresses are in ${path.relative(process.cwd(), file)}. Ctrl-C ends them.`);
  const awake = setInterval(() => undefined, 60_000);
  if (!stopping.signal.aborted)
    await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(awake);
  await set.stop();
} catch (error) {
  if (!stopping.signal.aborted) progress.say(`✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  fs.rmSync(file, { force: true });
  progress.close();
}

/** @param {Record<string, string>} env */
function write(env) {
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(
    `${file}.new`,
    Object.entries(env)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
    { mode: 0o600 },
  );
  fs.renameSync(`${file}.new`, file);
}
