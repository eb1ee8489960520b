import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPorts, freePorts } from '../../stack/support/ports.js';
import { serversOf } from '../../stack/servers/all.js';
import type { Stack } from '../../stack/commands/status.js';
import { testDir } from '../support/app.js';
import { openShop, placeOrder, stockedProduct } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

const dir = path.resolve(testDir, 'npm-start');
const given = serversOf().flatMap(({ settings, prepare }) => (prepare ? settings : []));
const children: ChildProcess[] = [];
let env: NodeJS.ProcessEnv = {};
let ports: Record<string, number> = {};

/** As `npm start` does, on servers of its own, every port moved. */
function start(...args: string[]): { child: ChildProcess; said(): string; ended: Promise<unknown> } {
  const child = spawn(process.execPath, ['stack/run.js', 'start', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return {
    child,
    said: () => said,
    ended: new Promise((resolve) => child.once('exit', (code, by) => resolve(code ?? by))),
  };
}

function run(command: string, ...args: string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, ['stack/run.js', command, ...args], { env, encoding: 'utf8' });
}

function look(): { stack: Stack; status: number | null } {
  const { stdout, status } = run('status', '--json');
  return { stack: JSON.parse(stdout) as Stack, status };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function openPorts(): Promise<string[]> {
  const open = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => ((await isOpen(port)) ? [name] : [])),
  );
  return open.flat();
}

beforeAll(async () => {
  const names = Object.keys(defaultPorts);
  const free = await freePorts(names.length);
  ports = Object.fromEntries(names.map((name, index) => [name, free[index] ?? 0]));
  env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !given.includes(name))),
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
    HOLDFAST_DIR: dir,
  };
});

afterAll(async () => {
  // Each ends what it has started.
  const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  await Promise.all(
    running.map((child) => {
      child.kill('SIGTERM');
      return new Promise((resolve) => child.once('exit', resolve));
    }),
  );
  await rm(path.join(dir, 'data'), { recursive: true, force: true });
});

describe('npm start, with every port moved', () => {
  let first: ReturnType<typeof start>;

  beforeAll(async () => {
    // As `npm run dev web` does: all that npm start brings up, and the pages from their sources.
    first = start('--watch', 'web');
    const up = waitFor('everything to be up', () => first.said().includes('Ctrl-C ends everything'), {
      timeoutMs: 280_000,
    });
    await Promise.race([up, first.ended.then(() => Promise.reject(new Error(first.said())))]);
  }, 300_000);

  it('brings all of it up, at those ports and no other, and says where', async () => {
    expect(await openPorts()).toEqual(Object.keys(ports));
    const inside = ['GATEWAY_METRICS_PORT', 'KAFKA_CONTROLLER_PORT', 'SMTP_PORT'];
    for (const [name, port] of Object.entries(ports).filter(([each]) => !inside.includes(each)))
      expect(first.said(), name).toContain(`:${port}`);
    const standing = Object.values(defaultPorts).filter((port) => first.said().includes(`:${port}`));
    expect(standing).toEqual([]);

    const { stack, status } = look();
    expect(stack.rows.filter(({ state }) => state !== 'healthy')).toEqual([]);
    expect(status).toBe(0);
    const shop = await openShop(`http://127.0.0.1:${ports['GATEWAY_PORT']}`);
    expect((await placeOrder(shop.alice, await stockedProduct(shop))).status).toBe(201);
    expect(run('logs', 'order-service', '--no-follow').stdout).toContain('order created');
    expect(run('redis', 'ping').stdout).toBe('PONG\n');
    const rules = await fetch(`http://127.0.0.1:${ports['PROMETHEUS_PORT']}/api/v1/rules?type=alert`);
    expect(await rules.text()).toContain('HoldfastOrdersStandStill');
  });

  it('has the pages from their sources beside it, with the API of its gateway', async () => {
    const pages = /The pages from their sources: (\S+)/.exec(first.said())?.[1] ?? '';
    expect(await (await fetch(pages)).text()).toContain('/@vite/client');
    expect(await (await fetch(new URL('/products', pages))).json()).toHaveProperty('items');
  });

  it('is not started twice, nor emptied while it runs', () => {
    for (const args of [[], ['--fresh']]) {
      const second = run('start', ...args);
      expect(second.status).toBe(1);
      expect(second.stdout).toContain(`already runs in this checkout, as process ${first.child.pid}`);
      expect(second.stdout).toContain(`http://127.0.0.1:${ports['GATEWAY_PORT']}`);
    }
    expect(look().status).toBe(0);
  });

  it('names every busy port at once, with its holder and its variable, before it does anything', () => {
    const elsewhere = path.resolve(testDir, 'npm-start-elsewhere');
    const { status, stdout } = spawnSync(process.execPath, ['stack/run.js', 'start'], {
      env: { ...env, HOLDFAST_DIR: elsewhere },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    for (const [name, port] of Object.entries(ports))
      expect(stdout).toMatch(new RegExp(`port ${port} is held by process \\d+ .*${name}=`));
    expect(readdirSync(elsewhere)).toEqual(['run']);
  });

  it.each(['redis', 'postgres', 'payment-worker'])('starts %s again when it has died', async (name) => {
    const rowIn = (stack: Stack) => stack.rows.find((row) => row.name === name);
    process.kill(rowIn(look().stack)?.pid ?? 0, 'SIGKILL');
    await waitFor(`${name} to be back`, () => first.said().includes(`${name} is ready again`), { timeoutMs: 90_000 });
    const looked = () => {
      const seen = look();
      return seen.status === 0 && seen;
    };
    const { stack } = await waitFor('all to be healthy', looked, { timeoutMs: 60_000 });
    expect(rowIn(stack)).toMatchObject({ state: 'healthy', restarts: 1, lastEnd: 'by SIGKILL' });
  });

  it('is ended by the next one when it was killed, which leaves nothing behind when it is ended itself', async () => {
    first.child.kill('SIGKILL');
    await first.ended;
    expect(look().stack).toMatchObject({
      state: 'killed',
      leftovers: expect.arrayContaining([{ name: 'kafka', pid: expect.any(Number) as number }]) as unknown,
    });

    const next = start('--fresh');
    await waitFor('the next to begin', () => next.said().includes('✓ redis'), { timeoutMs: 60_000 });
    expect(next.said()).toMatch(/ended what an earlier run had left: .*gateway[^]*removed, in .*databases/);
    next.child.kill('SIGINT');
    expect(await next.ended).toBe(0);
    expect(next.said()).toContain('everything is ended');
    expect(await openPorts()).toEqual([]);
    expect(look()).toMatchObject({ status: 1, stack: { state: 'none' } });
    expect(readdirSync(path.join(dir, 'run')).filter((entry) => entry.endsWith('.json'))).toEqual([]);
    expect(existsSync(path.join(dir, 'data'))).toBe(true);
  });
});
