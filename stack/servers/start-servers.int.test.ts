import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { startServers } from './start-servers.js';

const dir = mkdtempSync(path.join(tmpdir(), 'holdfast-servers-'));
const { PATH } = process.env;

afterEach(() => {
  process.env['PATH'] = PATH;
  vi.unstubAllGlobals();
  rmSync(dir, { recursive: true, force: true });
});

it('goes on without Prometheus where it can not be had, and says so', async () => {
  // Nothing is installed, and nobody can be asked.
  process.env['PATH'] = dir;
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) =>
    url.startsWith('http://127.0.0.1') ? fetch(url, init) : Promise.reject(new Error('no way out')),
  );
  const said: string[] = [];
  const { env, servers, stop } = await startServers({
    dir,
    ports: 'free',
    only: ['prometheus', 'kafka-ui'],
    useGiven: false,
    environment: { ...process.env, HOLDFAST_CACHE: path.join(dir, 'cache') },
    progress: {
      say: () => undefined,
      step: (title) => ({
        detail: () => undefined,
        done: () => undefined,
        failed: (text) => said.push(`${title} ${text}`),
      }),
      close: () => undefined,
    },
  }).finally(() => (process.env['PATH'] = PATH));
  await stop();
  expect(said).toEqual([
    'prometheus goes on without it: Prometheus can not be fetched: name one of yours as PROMETHEUS_URL',
  ]);
  expect(env['PROMETHEUS_URL']).toBeUndefined();
  expect(Object.keys(servers)).toEqual(['kafka-ui']);
});
