import fs from 'node:fs';
import path from 'node:path';
import { begin, serversOf } from '../servers/all.js';
import { keepsake } from '../support/paths.js';
import { startAndEnd, aborted } from '../support/start-and-end.js';

/** `npm run servers`: the servers alone, on free ports, for single tests by hand. vitest.config.ts reads where they are. */
export async function run() {
  const dir = path.join(keepsake, 'servers');
  const file = path.join(dir, 'env');
  await startAndEnd(async (started) => {
    const { ends, progress, signal } = started;
    await begin({ dir, command: 'npm run servers', servers: serversOf() }, started);
    ends.push(() => fs.rmSync(file, { force: true }));

    // Only now are there packages to import.
    const { startServers } = await import('../servers/start-servers.js');
    const servers = await startServers({ dir, ports: 'free', durable: false, restart: true, progress, signal });
    ends.push(servers.stop);
    const lines = Object.entries(servers.env).map(([key, value]) => `${key}=${value}\n`);
    fs.writeFileSync(`${file}.new`, lines.join(''), { mode: 0o600 });
    fs.renameSync(`${file}.new`, file);
    progress.say(`Their addresses are in ${path.relative(process.cwd(), file)}. Ctrl-C ends them.`);
    await aborted(signal);
  });
}
