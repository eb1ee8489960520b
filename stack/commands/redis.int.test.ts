import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { server } from '../../tests/support/servers.js';
import { waitFor } from '../../tests/support/wait-for.js';

const key = `redis-command:${randomBytes(4).toString('hex')}`;
const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function redis(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['stack/run.js', 'redis', ...args], { encoding: 'utf8' });
}

/** One that goes on until it is told to end. */
function listening(...args: string[]): { heard(): string; end(): Promise<unknown> } {
  const child = spawn(process.execPath, ['stack/run.js', 'redis', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(() => child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  let heard = '';
  child.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  return {
    heard: () => heard,
    end: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}

it('sends a command to the running Redis and shows the reply', () => {
  expect(redis('--no-raw', 'set', key, '1 2', 'px', '600000')).toMatchObject({ status: 0, stdout: 'OK\n' });
  expect(redis('get', key).stdout).toBe('1 2\n');
  expect(redis('--no-raw', 'pttl', key).stdout).toMatch(/^\(integer\) \d+\n$/);
  expect(redis('keys', `${key}*`).stdout).toBe(`${key}\n`);
  expect(redis('--scan', '--pattern', `${key}*`).stdout).toBe(`${key}\n`);
  expect(redis('--no-raw', 'del', key).stdout).toBe('(integer) 1\n');
});

it('fails as Redis does, and says what it takes', () => {
  expect(redis('nonsense')).toMatchObject({ status: 1, stderr: expect.stringContaining('ERR unknown command') });
  expect(redis()).toMatchObject({ status: 2, stderr: expect.stringContaining('npm run redis') });
  const nowhere = spawnSync(process.execPath, ['stack/run.js', 'redis', 'ping'], {
    encoding: 'utf8',
    env: { ...process.env, REDIS_URL: 'redis://127.0.0.1:1' },
  });
  expect(nowhere).toMatchObject({ status: 1, stderr: expect.stringContaining('ECONNREFUSED') });
});

it('shows what is sent to Redis, and published on it, as it comes', async () => {
  expect(server('REDIS_URL')).toContain('redis://');
  const monitor = listening('monitor');
  const subscriber = listening('--no-raw', 'subscribe', key);
  await waitFor('both to listen', () => monitor.heard().includes('OK') && subscriber.heard().includes('(integer) 1'));
  redis('publish', key, 'hello');
  await waitFor('the command', () => monitor.heard().includes(`"publish" "${key}" "hello"`));
  await waitFor('the message', () => subscriber.heard().includes(`1) "message"\n2) "${key}"\n3) "hello"`));
  expect(await monitor.end()).toBe(0);
  expect(await subscriber.end()).toBe(0);
});
