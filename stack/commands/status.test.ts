import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepAlive } from '../support/managed-process.js';
import { checkout } from '../support/paths.js';
import { freePorts } from '../support/ports.js';
import { answersOk, waitUntil } from '../support/probes.js';
import { signalQuietly, writeRecord } from '../support/process-records.js';
import { keepState } from '../support/state.js';
import { describeStack, isWell, look, type Stack } from './status.js';

// Processes are started, on a machine that may do much else.
vi.setConfig({ testTimeout: 60_000 });

let dir = '';
let port = 0;
const ends: (() => unknown)[] = [];
beforeEach(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'stack-'));
  [port = 0] = await freePorts(1);
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  fs.rmSync(dir, { recursive: true });
});

/** Ready while the file `down` isn't there; ends at its start when the file `broken` is. */
const program = () => `
  const there = (name) => require('fs').existsSync(${JSON.stringify(dir)} + '/' + name);
  if (there('broken')) process.exit(7);
  require('http').createServer((_, res) => {
    res.statusCode = there('down') ? 503 : 200;
    res.end(there('down') ? '{"missing":[{"name":"database"},{"name":"Temporal"}]}' : '{}');
  }).listen(${port}, '127.0.0.1')`;

function startApp() {
  const url = `http://127.0.0.1:${port}`;
  const state = keepState(dir, 'app');
  const process = keepAlive(
    {
      name: 'order-service',
      command: globalThis.process.execPath,
      args: ['-e', program()],
      env: globalThis.process.env,
      ready: () => answersOk(`${url}/readyz`),
    },
    {
      records: path.join(dir, 'run', 'app'),
      logs: path.join(dir, 'logs'),
      restart: true,
      report: () => undefined,
      note: (change) => state.note('order-service', change),
    },
  );
  ends.push(process.kill9);
  state.learn({ env: {}, urls: { 'order-service': url } });
  state.note('order-service', { phase: 'waiting' });
  return { process, state };
}

const isSeen = async (state: string) => (await look(dir)).rows.some((row) => row.state === state);
const seeing = (state: string) =>
  waitUntil(() => isSeen(state), { within: 20_000, every: 20, what: `the state ${state}` });

it('says so when nothing runs', async () => {
  const stack = await look(dir);
  expect(stack.state).toBe('none');
  expect(isWell(stack)).toBe(false);
  expect(describeStack(stack, dir)).toContain('npm start');
});

it('tells a process that is ready, and for how long it runs, from one that lacks something', async () => {
  const { process } = startApp();
  expect(await look(dir)).toMatchObject({ state: 'starting', rows: [{ state: 'waiting' }] });
  await process.start();
  const stack = await look(dir);
  expect(stack).toMatchObject({ state: 'up', rows: [{ name: 'order-service', state: 'healthy', pid: process.pid }] });
  expect(stack.rows[0]?.bytes).toBeGreaterThan(1e6);
  expect(isWell(stack)).toBe(true);

  fs.writeFileSync(path.join(dir, 'down'), '');
  const sick = await look(dir);
  expect(sick.rows[0]).toMatchObject({ state: 'unhealthy', why: 'lacks database, Temporal' });
  expect(isWell(sick)).toBe(false);
});

it('tells how often a process was started again, and why', async () => {
  const { process } = startApp();
  await process.start();
  fs.writeFileSync(path.join(dir, 'broken'), '');
  signalQuietly(process.pid ?? 0, 'SIGKILL');
  await seeing('restarting');
  expect((await look(dir)).rows[0]).toMatchObject({
    restarts: 1,
    lastEnd: 'by SIGKILL',
    why: expect.stringMatching(/in \d s/),
  });
  await waitUntil(async () => (await look(dir)).rows[0]?.restarts === 2, {
    within: 20_000,
    what: 'the second restart',
  });
  const stack = await look(dir);
  expect(stack.rows[0]).toMatchObject({ restarts: 2, lastEnd: expect.stringContaining('exit code 7') });
  expect(isWell(stack)).toBe(false);

  fs.rmSync(path.join(dir, 'broken'));
  await seeing('healthy');
  expect(describeStack(await look(dir), dir)).toMatch(
    /order-service +healthy .* restarted 2 x, last ended .*exit code 7/,
  );
});

it('is known of no more once it was stopped', async () => {
  const { process, state } = startApp();
  await process.start();
  await process.stop();
  expect((await look(dir)).rows[0]).toMatchObject({ state: 'stopped' });
  state.forget();
  expect((await look(dir)).state).toBe('none');
});

it('takes no word of one who was killed, and names what he left', async () => {
  const [stateFile, recordsFile] = ['state.ts', 'process-records.ts'].map((file) =>
    JSON.stringify(pathToFileURL(path.join(checkout, 'stack', 'support', file)).href),
  );
  const keeper = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      `import { keepState } from ${stateFile};
       import { writeRecord } from ${recordsFile};
       const dir = ${JSON.stringify(dir)};
       writeRecord(dir + '/run', { pid: process.pid, name: 'owner', command: 'npm start' });
       keepState(dir, 'app').note('order-service', { phase: 'ready', pid: 1 });
       console.log('up');
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  ends.push(() => keeper.kill('SIGKILL'));
  await new Promise((resolve) => keeper.stdout.once('data', resolve));
  expect(await look(dir)).toMatchObject({ state: 'up', pid: keeper.pid });

  const gone = new Promise((resolve) => keeper.once('exit', resolve));
  keeper.kill('SIGKILL');
  await gone;
  expect((await look(dir)).state).toBe('none');

  writeRecord(path.join(dir, 'run', 'app'), { pid: process.pid, name: 'gateway', command: '' });
  const stack = await look(dir);
  expect(stack).toMatchObject({ state: 'killed', leftovers: [{ name: 'gateway', pid: process.pid }] });
  expect(describeStack(stack, dir)).toContain(`gateway (process ${process.pid})`);
});

it('is a command that ends with 1 unless all is healthy', async () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(checkout, 'stack', 'run.js'), 'status', ...args], {
      env: { ...process.env, HOLDFAST_DIR: dir },
      encoding: 'utf8',
    });
  expect(run()).toMatchObject({ status: 1, stdout: expect.stringContaining('Nothing runs') });
  expect(run('--jsn')).toMatchObject({ status: 2, stderr: expect.stringMatching(/--jsn[^]*npm run status/) });
  const { process: started } = startApp();
  await started.start();
  const well = run('--json');
  expect(well.status).toBe(0);
  expect((JSON.parse(well.stdout) as Stack).rows).toMatchObject([{ name: 'order-service', state: 'healthy' }]);
});
