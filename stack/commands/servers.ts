import fs from 'node:fs';
import path from 'node:path';
import { serversOf, checkPrerequisites } from '../servers/all.js';
import { installPackages } from '../support/build.js';
import { own } from '../support/lock.js';
import { checkout, keepsake } from '../support/paths.js';
import { startAndEnd, aborted } from '../support/start-and-end.js';

/** `npm run servers`: the servers alone, on free ports, for single tests by hand. vitest.config.ts reads where they are. */
export async function run() {
  const dir = path.join(keepsake, 'servers');
  const file = path.join(dir, 'env');
  await startAndEnd(async ({ ends, progress, signal }) => {
    await checkPrerequisites(serversOf(), process.env);
    ends.push(await own(dir, 'npm run servers'));
    ends.push(() => fs.rmSync(file, { force: true }));
    await installPackages({ root: checkout, progress, signal });

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
