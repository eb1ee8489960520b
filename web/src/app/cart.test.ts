import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { NewOrder } from '../api/client.js';
import { attemptFor, attemptOf, cart, forget, isRefusal, setQuantity, takeOut, unanswered } from './cart.js';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const body = (quantity: number, line1 = '1 Sejong-daero'): NewOrder => ({
  items: [{ productId: 1, quantity }],
  paymentMethod: 'card_ok',
  shippingAddress: { name: 'Alice', line1, city: 'Seoul', postalCode: '04524', country: 'KR' },
});

it('the same wish of the same user keeps its key', () => {
  const { key } = attemptFor('cart', 7, body(1));
  expect(attemptFor('cart', 7, body(1)).key).toBe(key);
  expect(attemptFor('cart', 7, body(2)).key).not.toBe(key);
  expect(attemptFor('cart', 8, body(2)).key).not.toBe(attemptFor('cart', 7, body(2)).key);
});

it('only a refusal of the order itself ends a key; whoever has to log in first has it still', () => {
  const statuses = [0, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504];
  expect(statuses.filter(isRefusal)).toEqual([400, 409, 422]);
});

it('an answer ends its own key and no other', () => {
  const first = attemptFor('cart', 7, body(1));
  const second = attemptFor('cart', 7, body(2));
  forget(first);
  expect(attemptOf('cart')).toEqual(second);
  forget(second);
  expect(attemptOf('cart')).toBeUndefined();
});

it('what was sent goes again by itself while it is fresh, of the same user, and what the cart has', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  setQuantity(1, 2);
  const sent = attemptFor('cart', 7, body(2));
  expect(unanswered('cart', 7)).toEqual(sent);
  expect(unanswered('cart', 8)).toBeUndefined();
  setQuantity(1, 3);
  expect(unanswered('cart', 7)).toBeUndefined();
  setQuantity(1, 2);
  vi.setSystemTime(Date.now() + 6 * 60_000);
  expect(unanswered('cart', 7)).toBeUndefined();
  expect(attemptFor('cart', 7, body(2)).key).toBe(sent.key);
});

it('what is bought at once leaves the cart, and what was sent of it, as they are', () => {
  setQuantity(1, 1);
  const ofCart = attemptFor('cart', 7, body(1));
  const atOnce = attemptFor(1, 7, body(1));
  expect(atOnce.key).not.toBe(ofCart.key);
  expect([unanswered('cart', 7), unanswered(1, 7), unanswered(2, 7)]).toEqual([ofCart, atOnce, undefined]);
  forget(atOnce);
  expect([unanswered('cart', 7), unanswered(1, 7)]).toEqual([ofCart, undefined]);
});

it('what was put into the cart while the order was sent stays', () => {
  setQuantity(1, 3);
  setQuantity(2, 1);
  takeOut([
    { productId: 1, quantity: 2 },
    { productId: 2, quantity: 1 },
    { productId: 3, quantity: 1 },
  ]);
  expect(cart.get()).toEqual([{ productId: 1, quantity: 1 }]);
});
