import { afterEach, beforeEach, expect, test } from 'vitest';
import { listen } from '../../../platform/listen.js';
import type { Listening } from '../../../platform/listen.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { createEndedSessions } from './ended-sessions.js';

let userService: Listening;
let asked: string[];
let answer: { status: number; ids: string[] };
let now: number;

beforeEach(async () => {
  asked = [];
  answer = { status: 200, ids: [] };
  now = 0;
  userService = await listen(
    (req, res) => {
      asked.push(req.url ?? '');
      res.statusCode = answer.status;
      res.end(JSON.stringify({ at: '2030-01-01T00:00:00.000Z', ids: answer.ids }));
    },
    { host: '127.0.0.1', port: 0 },
  );
});
afterEach(() => userService.close());

const open = () => createEndedSessions([userService.url], () => now);

test('is asked once a second, for what came since', async () => {
  const ended = open();
  await ended.check();
  expect(await Promise.all([ended.has('a'), ended.has('b')])).toEqual([false, false]);
  answer.ids = ['a'];
  now = 1_000;
  expect(await Promise.all([ended.has('a'), ended.has('b')])).toEqual([true, false]);
  answer.ids = [];
  now = 2_000;
  expect(await ended.has('a')).toBe(true);
  expect(asked).toEqual([
    '/ended-sessions',
    '/ended-sessions?since=2030-01-01T00%3A00%3A00.000Z',
    '/ended-sessions?since=2030-01-01T00%3A00%3A00.000Z',
  ]);
});

test('all are asked for now and then: what a long transaction ended comes after its time', async () => {
  const ended = open();
  await ended.check();
  now = 29_000;
  await ended.has('a');
  now = 30_000;
  await ended.has('a');
  expect(asked.map((url) => url.includes('since'))).toEqual([false, true, false]);
});

test('what was read counts while nobody answers, and what ended meanwhile soon after', async () => {
  const ended = open();
  answer.ids = ['a'];
  expect(await ended.has('a')).toBe(true);
  answer.status = 500;
  now = 1_000;
  expect([await ended.has('a'), await ended.has('b')]).toEqual([true, false]);
  answer = { status: 200, ids: ['b'] };
  now = 3_000;
  await waitFor('it to be read', () => ended.has('b'));
});

test('nobody is taken for well before it was read once', async () => {
  answer.status = 500;
  const ended = open();
  await expect(ended.check()).rejects.toThrow('user-service');
  await expect(ended.has('a')).rejects.toThrow('user-service');
  answer.status = 200;
  expect(await ended.has('a')).toBe(false);
});

test('a user service of the version before has no such list', async () => {
  answer.status = 404;
  const ended = open();
  await ended.check();
  expect(await ended.has('a')).toBe(false);
});
