import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from './probes.js';
import {
  isStillThere,
  parseLinuxStat,
  startOf,
  endLeftovers,
  endLeftoversBelow,
  readRecords,
  writeRecord,
} from './process-records.js';

let folder = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'records-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true });
});

async function startProcess(code: string = ''): Promise<number> {
  const child = spawn(process.execPath, ['-e', `${code};setInterval(() => {}, 1000);console.log('up')`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid ?? 0;
}

describe('endLeftovers', () => {
  it('ends what a record is about, and forgets it', async () => {
    const pid = await startProcess();
    writeRecord(folder, { pid, name: 'one', command: 'node' });
    expect(await endLeftovers(folder)).toEqual(['one']);
    expect(startOf(pid)).toBeUndefined();
    expect(readRecords(folder)).toEqual([]);
  });

  it('kills what does not end when asked', async () => {
    const pid = await startProcess("process.on('SIGTERM', () => {})");
    writeRecord(folder, { pid, name: 'deaf', command: 'node' });
    expect(await endLeftovers(folder, { grace: 200 })).toEqual(['deaf']);
    expect(startOf(pid)).toBeUndefined();
  });

  it('leaves a process alone that has the number of one of ours, but started at another time', async () => {
    const pid = await startProcess();
    fs.writeFileSync(
      path.join(folder, 'former.json'),
      JSON.stringify({ pid, name: 'former', command: 'node', startedAt: 'another boot/1' }),
    );
    expect(await endLeftovers(folder)).toEqual([]);
    expect(startOf(pid)).toBeDefined();
    expect(readRecords(folder)).toEqual([]);
  });

  it('takes a half-written or senseless record for none', async () => {
    fs.writeFileSync(path.join(folder, 'half.json'), '{"pid": 12');
    fs.writeFileSync(path.join(folder, 'all.json'), '{"pid": -1, "name": "all", "startedAt": ""}');
    expect(await endLeftovers(folder)).toEqual([]);
  });

  it('finds the records of every app and server below a folder', async () => {
    const pids = [await startProcess(), await startProcess()];
    writeRecord(path.join(folder, 'run', 'servers'), { pid: pids[0] ?? 0, name: 'redis', command: 'node' });
    writeRecord(path.join(folder, 'apps', 'e2e', 'run', 'app'), {
      pid: pids[1] ?? 0,
      name: 'gateway',
      command: 'node',
    });
    await endLeftoversBelow(folder);
    expect(pids.map(startOf)).toEqual([undefined, undefined]);
  });
});

describe('the start of a process', () => {
  it('stays the same while it lives, and is nothing once it is dead', async () => {
    const pid = await startProcess();
    const startedAt = startOf(pid) ?? '';
    expect(isStillThere({ pid, startedAt, name: 'one', command: '' })).toBe(true);
    process.kill(pid, 'SIGKILL');
    await waitUntil(() => startOf(pid) === undefined, { within: 5000, every: 10, what: 'its end' });
    expect(isStillThere({ pid, startedAt, name: 'one', command: '' })).toBe(false);
  });

  it('is never known by an empty word', () => {
    expect(isStillThere({ pid: 999_999_999, startedAt: '', name: 'one', command: '' })).toBe(false);
  });

  it('is read behind a command that holds spaces and brackets', () => {
    const rest = Array.from({ length: 49 }, (_, index) => index + 4).join(' ');
    expect(parseLinuxStat(`77 (a) b (c) S ${rest}`)).toEqual({ state: 'S', startTicks: '22' });
  });
});
