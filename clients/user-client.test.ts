import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Registry } from 'prom-client';
import { createLogger } from '../platform/logger.js';
import { observeBreaker, createUserClient, type UserClientSettings } from './user-client.js';

const alice = { id: 1, valid: true, name: 'Alice', email: 'alice@example.com', phone: null, address: null };

let service: Server;
let status = 200;
let calls = 0;

beforeEach(async () => {
  status = 200;
  calls = 0;
  service = createServer((req, res) => {
    calls += 1;
    const known = req.url === '/users/1/validation' && req.headers.authorization === 'Bearer token';
    res.writeHead(known ? status : 404, { 'content-type': 'application/json' }).end(JSON.stringify(alice));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  vi.useRealTimers();
  service.closeAllConnections();
  service.close();
});

const newClient = (settings: Partial<UserClientSettings> = {}) =>
  createUserClient({
    urls: [`http://127.0.0.1:${String((service.address() as AddressInfo).port)}`],
    token: () => Promise.resolve('token'),
    ...settings,
  });

test('tells a user who is there from one who is not', async () => {
  const client = newClient();
  expect(await client.validateUser(1)).toEqual({ outcome: 'verified', user: alice });
  expect(await client.validateUser(2)).toEqual({ outcome: 'unknown' });
});

test('who is there is not asked for again while it is kept, and no longer; who is not there is', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const client = newClient({ keptForMs: 5_000 });
  for (const passedMs of [0, 3_000, 1_999]) {
    vi.setSystemTime(Date.now() + passedMs);
    expect(await client.validateUser(1)).toEqual({ outcome: 'verified', user: alice });
  }
  expect(calls).toBe(1);
  vi.setSystemTime(Date.now() + 2);
  await client.validateUser(1);
  expect(calls).toBe(2);
  for (const count of [3, 4]) {
    await client.validateUser(2);
    expect(calls).toBe(count);
  }
});

test('opens when half of the last ten calls failed, and tries again after ten seconds', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const client = newClient();
  const outcomes = async (count: number) => {
    const seen = new Set<string>();
    for (let i = 0; i < count; i++) seen.add((await client.validateUser(1)).outcome);
    return [...seen];
  };
  expect(await outcomes(5)).toEqual(['verified']);
  status = 503;
  expect(await outcomes(5)).toEqual(['unavailable']);
  expect(calls).toBe(10);

  status = 200;
  expect(await outcomes(5)).toEqual(['unavailable']);
  expect(calls).toBe(10);

  vi.setSystemTime(Date.now() + 10_001);
  expect(await outcomes(5)).toEqual(['verified']);
  expect(calls).toBe(15);
});

test('users who are unknown do not open it, and count as answers', async () => {
  const client = newClient();
  for (let i = 0; i < 20; i++) expect((await client.validateUser(2)).outcome).toBe('unknown');
  status = 503;
  for (let i = 0; i < 4; i++) expect((await client.validateUser(1)).outcome).toBe('unavailable');
  // Six of the last ten were answers.
  expect((await client.validateUser(2)).outcome).toBe('unknown');
  expect(calls).toBe(25);
});

test('a trial that fails leaves it open for ten seconds more', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const client = newClient();
  status = 503;
  for (let i = 0; i < 12; i++) await client.validateUser(1);
  expect(calls).toBe(10);
  for (const asked of [11, 12]) {
    vi.setSystemTime(Date.now() + 10_001);
    for (let i = 0; i < 3; i++) expect((await client.validateUser(1)).outcome).toBe('unavailable');
    expect(calls).toBe(asked);
  }
});

test('whoever comes during a trial waits for what becomes of it', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const client = newClient();
  status = 503;
  for (let i = 0; i < 10; i++) await client.validateUser(1);
  status = 200;
  vi.setSystemTime(Date.now() + 10_001);
  const answers = await Promise.all([client.validateUser(1), client.validateUser(2)]);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['verified', 'unknown']);
});

test('its state is in the metrics, each change in the log', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const registry = new Registry();
  const lines: { level: string; message: string; breaker?: string; reason?: string }[] = [];
  const logger = createLogger(
    { service: 'x', level: 'info' },
    { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[0]) },
  );
  const client = newClient({ observe: observeBreaker('user-service', { logger, registry }) });
  const isIn = async (state: string) => {
    const text = await registry.metrics();
    return /circuit_breaker_state\{breaker="user-service",state="(.*)"\} 1/.exec(text)?.[1] === state;
  };
  expect(await isIn('closed')).toBe(true);

  status = 503;
  for (let i = 0; i < 10; i++) await client.validateUser(1);
  expect(await isIn('open')).toBe(true);

  status = 200;
  vi.setSystemTime(Date.now() + 10_001);
  const trial = client.validateUser(1);
  expect(await isIn('half-open')).toBe(true);
  await trial;
  expect(await isIn('closed')).toBe(true);

  expect(lines.map(({ level, message, breaker }) => [level, message, breaker])).toEqual([
    ['warn', 'circuit breaker open', 'user-service'],
    ['info', 'circuit breaker half-open', 'user-service'],
    ['info', 'circuit breaker closed', 'user-service'],
  ]);
  expect(lines[0]?.reason).toContain('503');
  expect(await registry.metrics()).toContain('circuit_breaker_changes_total{breaker="user-service",state="closed"} 1');
});
