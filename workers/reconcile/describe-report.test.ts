import { expect, it } from 'vitest';
import { describeReport, notFound } from './run-reconciliation.js';

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

it('an order of which there was nothing to acknowledge is named', () => {
  const report = {
    unknown: ['ord_mistyped'],
    repaired: [
      { kind: 'payment-missing', orderId: 'ord_1', detail: '', did: 'put right by hand, says hana', gone: true },
    ],
  } as unknown as Parameters<typeof notFound>[0];
  const orderIds = ['ord_1', 'ord_clean', 'ord_mistyped'];
  const kind = 'payment-missing';
  expect(notFound(report, orderIds, { kind, by: 'hana', note: '' })).toEqual([
    expect.stringContaining('no payment-missing is found of order ord_clean'),
  ]);
  expect(notFound(report, orderIds)).toEqual([]);
});
