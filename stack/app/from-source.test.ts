import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manageProcess, type ManagedProcess } from '../support/managed-process.js';
import { checkout } from '../support/paths.js';
import { freePorts } from '../support/ports.js';
import { answersOk, waitUntil } from '../support/probes.js';
import { argsOf } from './processes.js';
import { appSecrets } from './secrets.js';

let folder = '';
let running: ManagedProcess | undefined;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'from-source-'));
});
afterEach(async () => {
  await running?.stop();
  fs.rmSync(folder, { recursive: true });
});

test('a process that runs from its source runs anew when it changes', { timeout: 120_000 }, async () => {
  const entry = 'api/codec/main.js';
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const { PAYLOAD_KEYS, PAYLOAD_KEY_ID } = appSecrets(folder);
  running = manageProcess(
    {
      name: 'codec-server',
      command: process.execPath,
      args: argsOf({ entry }, { dist: '', fromSource: true }),
      cwd: checkout,
      env: {
        ...process.env,
        NODE_ENV: 'development',
        SERVICE_NAME: 'codec-server',
        PORT: `${port}`,
        PAYLOAD_KEYS,
        PAYLOAD_KEY_ID,
        CODEC_REQUIRE_ADMIN: 'false',
      },
      ready: () => answersOk(`${url}/readyz`),
    },
    { records: path.join(folder, 'run'), logs: path.join(folder, 'logs') },
  );
  await running.start();
  const pid = running.pid;
  const former = await startedAt(url);
  fs.utimesSync(path.join(checkout, 'api', 'codec', 'main.ts'), new Date(), new Date());
  const isNew = async () => (await startedAt(url)) > former;
  await waitUntil(isNew, { within: 60_000, what: 'it to run anew' });
  expect(running.pid).toBe(pid);
});

/** @returns seconds; rejects while nothing answers */
async function startedAt(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_start_time_seconds(?:{.*})? (\S+)/m.exec(text)?.[1]);
}
