import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkout } from '../support/paths.js';
import { waitUntil } from '../support/probes.js';
import { openLog, formatLine, timeOf } from './logs.js';

// Processes are started, on a machine that may do much else.
vi.setConfig({ testTimeout: 60_000 });

let dir = '';
const children: ChildProcess[] = [];
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'logs-'));
  fs.mkdirSync(path.join(dir, 'logs'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  fs.rmSync(dir, { recursive: true });
});

const fileOf = (name: string) => path.join(dir, 'logs', `${name}.log`);
const entry = (second: number, message: string, orderId: string) =>
  `${JSON.stringify({ level: 'info', time: `2026-01-02T03:04:0${second}.500Z`, service: 'order-service', spanId: 's', orderId, message })}\n`;

describe('a log that is followed', () => {
  it('gives whole lines only, also when a letter comes in two parts', () => {
    const log = openLog(fileOf('one'));
    expect(log.read()).toEqual([]);
    const bytes = Buffer.from('erste\nzweite ä\n');
    fs.writeFileSync(fileOf('one'), bytes.subarray(0, -2));
    expect(log.read()).toEqual(['erste']);
    fs.appendFileSync(fileOf('one'), bytes.subarray(-2));
    expect(log.read()).toEqual(['zweite ä']);
    log.close();
  });

  it('goes on in the new file when the former one is set aside, and loses nothing of that', () => {
    fs.writeFileSync(fileOf('one'), 'a\n');
    const log = openLog(fileOf('one'));
    expect(log.read()).toEqual(['a']);
    fs.appendFileSync(fileOf('one'), 'the last\n');
    fs.renameSync(fileOf('one'), fileOf('one.previous'));
    expect(log.read()).toEqual(['the last']);
    fs.writeFileSync(fileOf('one'), 'b\n');
    expect(log.read()).toEqual(['b']);
    log.close();
  });
});

describe('a line', () => {
  it('shows time, level, process, message, then the order and the other fields', () => {
    const line = JSON.stringify({
      level: 'warn',
      time: '2026-01-02T03:04:05.678Z',
      service: 'inventory-service',
      traceId: 't',
      requested: 5,
      orderId: 'ord_1',
      message: 'insufficient stock',
    });
    expect(formatLine(line, 'inventory-worker', 17)).toMatch(
      /^\d\d:\d\d:05\.678 WARN  inventory-worker   insufficient stock  orderId=ord_1  requested=5$/,
    );
  });

  it('shows the stack of an error below, and text as it is', () => {
    const line = JSON.stringify({
      level: 'error',
      time: '2026-01-02T03:04:05Z',
      message: 'x',
      err: { stack: 'E: y\n at z' },
    });
    expect(formatLine(line, 'a', 1)).toMatch(/x\n {4}E: y\n {4} at z$/);
    expect(formatLine('{"half', 'a', 1).trim()).toBe('a  {"half');
  });

  it('shows what would drive the terminal as an escape, and leaves the colours of servers out', () => {
    const path = '/\u0007\u0085\u202eevil';
    const line = JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.678Z', message: 'm', path });
    expect(formatLine(line, 'a', 1)).toMatch(/m {2}path=\/\\u0007\\u0085\\u202eevil$/);
    expect(formatLine('\u001b[32mgreen\u001b[0m\u001b]0;title\u0007\tx', 'a', 1).trim()).toBe('a  green\tx');
  });

  it('has the time that it names, in the ways of our servers', () => {
    const time = Date.parse('2026-01-02T03:04:05.678Z');
    expect(timeOf('2026-01-02 03:04:05.678 UTC [1] LOG:  ready')).toBe(time);
    expect(timeOf('2026-01-02T03:04:05.678Z  WARN [/]')).toBe(time);
    expect(timeOf('{"time":"2026-01-02T03:04:05.678Z"}')).toBe(time);
    expect(timeOf('at Object.<anonymous>')).toBeUndefined();
  });
});

describe('npm run logs', () => {
  const program = path.join(checkout, 'stack', 'run.js');
  const env = () => ({ ...process.env, HOLDFAST_DIR: dir, TZ: 'UTC' });
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [program, 'logs', ...args], { env: env(), encoding: 'utf8' });

  it('says which processes there are when it does not know one, and what it takes', () => {
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('no logs') });
    fs.writeFileSync(fileOf('gateway'), '');
    fs.writeFileSync(fileOf('gateway.previous'), '');
    expect(run('order')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no order; there are: gateway\n'),
    });
    expect(run('--tail')).toMatchObject({ status: 2, stderr: expect.stringMatching(/--tail[^]*npm run logs/) });
    expect(run('--lines', 'all')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--lines takes a number'),
    });
  });

  it('shows one order over several processes, in the sequence of time', () => {
    fs.writeFileSync(fileOf('order-service'), entry(1, 'order created', 'ord_1') + entry(2, 'order created', 'ord_2'));
    fs.writeFileSync(fileOf('payment-worker'), entry(4, 'payment completed', 'ord_1'));
    fs.writeFileSync(fileOf('inventory-worker'), entry(3, 'stock reserved', 'ord_1'));
    const { stdout } = run('--order', 'ord_1', '--no-follow');
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/)[2])).toEqual([
      'order created',
      'stock reserved',
      'payment completed',
      undefined,
    ]);
    expect(run('order-service', '--no-follow', '--json', '--lines', '1').stdout).toBe(
      entry(2, 'order created', 'ord_2'),
    );
  });

  it('follows until Ctrl-C, over a restart', async () => {
    fs.writeFileSync(fileOf('gateway'), entry(1, 'before', 'ord_1'));
    const child = spawn(process.execPath, [program, 'logs', 'gateway'], {
      env: env(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const ended = new Promise((resolve) => child.once('exit', (code, by) => resolve(code ?? by)));
    let heard = '';
    child.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    const hears = (text: string) => waitUntil(() => heard.includes(text), { within: 20_000, every: 20, what: text });
    await hears('before');
    fs.appendFileSync(fileOf('gateway'), entry(2, 'now', 'ord_1'));
    await hears('now');
    fs.renameSync(fileOf('gateway'), fileOf('gateway.previous'));
    fs.writeFileSync(fileOf('gateway'), entry(3, 'after', 'ord_1'));
    await hears('after');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});
