import { expect, it } from 'vitest';
import { describeReport } from './run-reconciliation.js';

it.each([
  [1, '1 unit, 1000 KRW'],
  [2, '2 units, 1000 KRW'],
])('a finding of %i says so', (units, said) => {
  const finding = {
    kind: 'workflow-gone',
    orderId: 'ord_1',
    detail: 'it is gone',
    units,
    money: { amount: 1000, currency: 'KRW' },
  };
  const report = {
    unknown: ['ord_mistyped'],
    findings: [finding],
    counts: { 'workflow-gone': 1 },
    repaired: [],
    checked: { orders: 1 },
    moving: 0,
    information: { needAttention: [], settled: [], unpublishedEvents: { count: 0 } },
  } as unknown as Parameters<typeof describeReport>[0];
  expect(describeReport(report)).toContain('There is no order ord_mistyped');
  expect(describeReport(report)).toContain(`FOUND  workflow-gone  order ord_1: it is gone; ${said}`);
});
