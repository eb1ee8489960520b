import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepAlive, manageProcess, type ManagedProcess } from './managed-process.js';
import { waitUntil } from './probes.js';
import { startOf, readRecords } from './process-records.js';

// Processes are started, on a machine that may do much else.
vi.setConfig({ testTimeout: 60_000 });

let folder = '';
const started: ManagedProcess[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'processes-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.kill9()));
  fs.rmSync(folder, { recursive: true });
});

const where = () => ({ records: path.join(folder, 'run'), logs: path.join(folder, 'logs') });
const spec = (code: string) => {
  const flag = path.join(folder, 'ready');
  const full = `${code};require('fs').writeFileSync(${JSON.stringify(flag)}, '');setInterval(() => {}, 1000)`;
  return {
    name: 'one',
    command: process.execPath,
    args: ['-e', full],
    env: process.env,
    within: 10_000,
    ready: () => fs.existsSync(flag),
  };
};
const track = <T extends ManagedProcess>(one: T) => {
  started.push(one);
  return one;
};

it('is on record while it runs, with its output in its log', async () => {
  const one = track(manageProcess(spec("console.log('hello')"), where()));
  await one.start();
  expect(readRecords(where().records).map(({ pid }) => pid)).toEqual([one.pid]);
  expect(one.tail()).toBe('hello');
  await one.stop();
  expect(one.pid).toBeUndefined();
  expect(readRecords(where().records)).toEqual([]);
});

it('says why when it ends before it is ready', async () => {
  const one = track(manageProcess(spec("console.error('no such setting');process.exit(3)"), where()));
  await expect(one.start()).rejects.toThrow(/one ended with exit code 3 before it was ready[^]*no such setting/);
});

it('is killed when it does not stop in time', async () => {
  const one = track(manageProcess({ ...spec("process.on('SIGTERM', () => {})"), grace: 200 }, where()));
  await one.start();
  const pid = one.pid ?? 0;
  await one.stop();
  expect(startOf(pid)).toBeUndefined();
});

it('is started again after it died, and not after it was stopped', async () => {
  const reports: string[] = [];
  const one = track(keepAlive(spec(''), { ...where(), restart: true, report: (text) => reports.push(text) }));
  await one.start();
  process.kill(one.pid ?? 0, 'SIGKILL');
  await waitUntil(() => reports.includes('one is ready again'), {
    within: 10_000,
    every: 20,
    what: 'its second start',
  });
  expect(reports[0]).toContain('one ended by SIGKILL without being asked');
  await one.kill9();
  expect(one.pid).toBeUndefined();
  expect(reports).toHaveLength(3);
});

it('is waited for, and not started once more, when it runs but takes long to be ready again', async () => {
  const reports: string[] = [];
  const restarts: (number | undefined)[] = [];
  let isReady = true;
  const note = (change: { restarts?: number }) => {
    if ('restarts' in change) restarts.push(change.restarts);
  };
  const one = track(
    keepAlive(
      { ...spec(''), within: 200, ready: () => isReady },
      { ...where(), restart: true, report: (text) => reports.push(text), note },
    ),
  );
  await one.start();
  isReady = false;
  process.kill(one.pid ?? 0, 'SIGKILL');
  const late = () => reports.filter((text) => text.startsWith('one was not ready within')).length >= 2;
  await waitUntil(late, { within: 10_000, every: 20, what: 'two reports' });
  const second = one.pid;
  isReady = true;
  await waitUntil(() => reports.includes('one is ready again'), { within: 10_000, every: 20, what: 'its readiness' });
  expect(one.pid).toBe(second);
  expect(restarts).toEqual([1]);
});

it('can be started again after a kill', async () => {
  const one = track(keepAlive(spec(''), { ...where(), restart: false, report: () => undefined }));
  await one.start();
  const first = one.pid;
  await one.kill9();
  await one.start();
  expect(one.pid).toBeDefined();
  expect(one.pid).not.toBe(first);
});
