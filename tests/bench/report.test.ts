import { expect, it } from 'vitest';
import { isMet, toMarkdown } from './report.js';
import { inTurns, median, quantile, type Row } from './row.js';

const row = (over: Partial<Row>): Row => ({
  ...{
    what: 'orders',
    unit: 'a second',
    beside: 'no-ops',
    ours: [4, 6, 5],
    base: [10, 10, 10],
    goal: { atLeast: 0.5 },
  },
  ...over,
});

it('a row has its ratio beside its goal, and says whether that is met', () => {
  const report = { startedAt: new Date(0), rounds: 3, rows: [row({})], more: [] };
  expect(toMarkdown(report)).toContain(
    '| orders | a second | 5.00 | 10.0: no-ops | 0.50x | 0.40 to 0.60x | at least 0.50x | yes |',
  );
});

it.each([
  [{ goal: { atLeast: 0.51 } }, false],
  [{ goal: { atMost: 0.5 } }, true],
  [{ goal: { atMost: 0.49 } }, false],
  [{ goal: { atMost: 5 }, base: undefined }, true],
  [{ goal: { atMost: 4 }, base: undefined }, false],
  [{ ours: [], goal: { atMost: 4 } }, false],
])('with %j its goal is met: %s', (over, met) => {
  const { base, ...rest } = row(over);
  expect(isMet({ ...rest, ...(base && { base }) })).toBe(met);
});

it('turns are A B B A', async () => {
  const seen: string[] = [];
  const turn = (name: string) => () => Promise.resolve(seen.push(name));
  expect(await inTurns(3, turn('a'), turn('b'))).toEqual({ ours: [1, 4, 5], base: [2, 3, 6] });
  expect(seen.join('')).toBe('abbaab');
});

it('medians are between the middle two; of a hundred values the 99th is p99', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantile(hundred, 0.99)).toBe(99);
});
