import { expect, it } from 'vitest';
import { MAX_LINES, MAX_QUANTITY } from '../../contracts/http/orders.js';
import type { PlacedOrder } from '../../contracts/http/orders.js';
import { detailsOf, summaryOf } from './saga-start.js';

const order = (lines: PlacedOrder['lines']): PlacedOrder => ({
  id: 'ord_1',
  userId: 7,
  userVerified: true,
  currency: 'KRW',
  totalPrice: 7_000_000,
  lines,
  shippingAddress: { name: 'Alice', line1: '1 Sejong-daero', city: 'Seoul', postalCode: '04524', country: 'KR' },
  createdAt: '2026-01-01T00:00:00.000Z',
});
const macBook = {
  productId: 1,
  productName: 'MacBook Pro 16',
  unitPrice: 3_500_000,
  quantity: 2,
  totalPrice: 7_000_000,
};

it('says what was ordered, and nothing personal', () => {
  expect(summaryOf(order([macBook]), 'card_ok')).toBe(
    '2 pieces of one product, 7000000 KRW (minor unit) by card_ok, customer 7',
  );
  expect(detailsOf(order([macBook]))).toBe('- 2 × MacBook Pro 16 (product 1) at 3500000 KRW');
});

it('shows a name as it is, whatever Markdown it would be', () => {
  const named = { ...macBook, productName: '<b>*Best* [offer](http://x)' };
  expect(detailsOf(order([named]))).toContain('\\<b\\>\\*Best\\* \\[offer\\](http://x)');
});

it('stays below what a server may refuse, encrypted too, for the largest order', () => {
  const largest = Array.from({ length: MAX_LINES }, (_, n) => ({
    productId: Number.MAX_SAFE_INTEGER - n,
    productName: '가'.repeat(200),
    unitPrice: 10 ** 14,
    quantity: MAX_QUANTITY,
    totalPrice: 10 ** 15 - 1,
  }));
  const details = detailsOf(order(largest));
  expect(details.split('\n').at(-1)).toBe('- and 40 more');
  expect(Buffer.byteLength(details)).toBeLessThan(18_000);
  expect(Buffer.byteLength(summaryOf(order(largest), 'card_insufficient_funds'))).toBeLessThan(200);
});
