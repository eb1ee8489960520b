import { expect, it } from 'vitest';
import { usedByOrder, type Counts } from './counters.js';

const counts = (atMs: number, cpuMs: number, transactions: number, spans = 0): Counts => ({
  atMs,
  cpuMs: { 'order-worker': cpuMs },
  transactions: { order: transactions },
  spans,
  httpCalls: 0,
});

it('an order is not charged with what the idle platform uses in the same time', () => {
  const idle = { before: counts(0, 0, 0), after: counts(10_000, 100, 20) };
  const used = usedByOrder(idle.after, counts(30_000, 800, 160, 500), idle, 10);
  expect(used).toEqual({
    cpuMs: { 'order-worker': 50 },
    transactions: { order: 10 },
    spans: 50,
    httpCalls: 0,
  });
});
