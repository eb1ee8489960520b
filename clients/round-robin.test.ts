import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRoundRobin } from './round-robin.js';

let clock = 0;
let ready = new Set<string>();
let asked: string[] = [];
const instances = (urls: string[]) => {
  clock = 0;
  ready = new Set();
  asked = [];
  return createRoundRobin(urls, {
    now: () => clock,
    isReady: (url) => {
      asked.push(url);
      return ready.has(url) ? Promise.resolve(true) : Promise.reject(new Error('not ready'));
    },
  });
};

test('each has its turn', () => {
  const robin = instances(['a', 'b', 'c']);
  expect([robin.inTurn(), robin.inTurn(), robin.inTurn(), robin.inTurn()].map(([first]) => first)).toEqual([
    'a',
    'b',
    'c',
    'a',
  ]);
});

test('one that failed has no turn until it says that it is ready, and nobody waits for that', async () => {
  const robin = instances(['a', 'b']);
  robin.failed('a');
  clock = 4999;
  expect([robin.inTurn(), robin.inTurn()]).toEqual([
    ['b', 'a'],
    ['b', 'a'],
  ]);
  expect(asked).toEqual([]);

  // Asked once, however many requests come meanwhile.
  clock = 5000;
  expect([robin.inTurn(), robin.inTurn()]).toEqual([
    ['b', 'a'],
    ['b', 'a'],
  ]);
  await turnOfTheLoop();
  expect(asked).toEqual(['a']);
  expect(robin.inTurn()).toEqual(['b', 'a']);

  ready.add('a');
  clock = 10_000;
  expect(robin.inTurn()).toEqual(['b', 'a']);
  await turnOfTheLoop();
  expect(asked).toEqual(['a', 'a']);
  expect(robin.inTurn()).toEqual(['a', 'b']);
});

test('one that answered a request after all has its turn again', () => {
  const robin = instances(['a', 'b']);
  robin.failed('a');
  robin.worked('a');
  expect(robin.inTurn()).toEqual(['a', 'b']);
});

test('when all have failed, all have turns', () => {
  const robin = instances(['a', 'b']);
  robin.failed('a');
  robin.failed('b');
  expect([robin.inTurn(), robin.inTurn()]).toEqual([
    ['a', 'b'],
    ['b', 'a'],
  ]);
});
