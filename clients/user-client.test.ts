import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createUserClient } from './user-client.js';

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

const newClient = () =>
  createUserClient({
    urls: [`http://127.0.0.1:${String((service.address() as AddressInfo).port)}`],
    token: () => Promise.resolve('token'),
  });

test('tells a user who is there from one who is not', async () => {
  const client = newClient();
  expect(await client.validateUser(1)).toEqual({ outcome: 'verified', user: alice });
  expect(await client.validateUser(2)).toEqual({ outcome: 'unknown' });
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

test('users who are unknown do not open it', async () => {
  const client = newClient();
  for (let i = 0; i < 20; i++) expect((await client.validateUser(2)).outcome).toBe('unknown');
  expect(calls).toBe(20);
});
