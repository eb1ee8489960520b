import type { NewOrder } from '../api/client.js';
import { keptValue } from './kept.js';

export interface CartLine {
  productId: number;
  quantity: number;
}

const isLine = (value: unknown): value is CartLine =>
  typeof value === 'object' &&
  value !== null &&
  'productId' in value &&
  Number.isInteger(value.productId) &&
  'quantity' in value &&
  Number.isInteger(value.quantity);

export const cart = keptValue<CartLine[]>(
  'cart',
  [],
  (value): value is CartLine[] => Array.isArray(value) && value.every(isLine),
);

/** 0 takes the line away. */
export function setQuantity(productId: number, quantity: number): void {
  const others = cart.get();
  const line = { productId, quantity };
  const isThere = others.some((one) => one.productId === productId);
  const lines = isThere ? others.map((one) => (one.productId === productId ? line : one)) : [...others, line];
  cart.set(lines.filter((one) => one.quantity > 0));
}

export function addToCart(productId: number, quantity = 1): void {
  const before = cart.get().find((one) => one.productId === productId)?.quantity ?? 0;
  setQuantity(productId, before + quantity);
}

/** What is checked out: the cart, or one piece of the product that is bought at once. */
export type Basket = 'cart' | number;

export const itemsOf = (basket: Basket): CartLine[] =>
  basket === 'cart' ? cart.get() : [{ productId: basket, quantity: 1 }];

/** What was ordered; what was put in meanwhile stays. */
export const takeOut = (items: readonly CartLine[]): void =>
  items.forEach(({ productId, quantity }) => addToCart(productId, -quantity));

/** An order that was sent and whose answer has not been seen: sent again with its key, it is the same order. */
export interface Attempt {
  basket: Basket;
  key: string;
  userId: number;
  at: number;
  body: NewOrder;
}

/** One that is older is sent again by a click alone: whoever comes back tomorrow may wish for something else. */
const FRESH_MS = 5 * 60_000;

const isAttempt = (value: unknown): value is Attempt =>
  typeof value === 'object' &&
  value !== null &&
  'basket' in value &&
  'key' in value &&
  'at' in value &&
  'body' in value;

/** Of each basket the last: what is bought at once leaves the cart's in doubt as it is. */
const attempts = keptValue<Attempt[]>(
  'attempts',
  [],
  (value): value is Attempt[] => Array.isArray(value) && value.every(isAttempt),
);

export const attemptOf = (basket: Basket): Attempt | undefined => attempts.get().find((one) => one.basket === basket);

const keep = (basket: Basket, attempt?: Attempt): void =>
  attempts.set([...attempts.get().filter((one) => one.basket !== basket), ...(attempt ? [attempt] : [])]);

/** That of an earlier click, reload or tab where it wishes for the same; kept before anything is sent. */
export function attemptFor(basket: Basket, userId: number, body: NewOrder): Attempt {
  const before = attemptOf(basket);
  if (before?.userId === userId && JSON.stringify(before.body) === JSON.stringify(body)) return before;
  const made = { basket, key: crypto.randomUUID(), userId, at: Date.now(), body };
  keep(basket, made);
  return made;
}

/** What a page sent that was left or loaded anew before the answer came, while it is what is wished for still. */
export function unanswered(basket: Basket, userId: number): Attempt | undefined {
  const before = attemptOf(basket);
  if (before?.userId !== userId || Date.now() - before.at > FRESH_MS) return undefined;
  return JSON.stringify(before.body.items) === JSON.stringify(itemsOf(basket)) ? before : undefined;
}

/** Only these say that the key has no order and gets none. After all others, a 401 too, the same wish keeps its key. */
export const isRefusal = (status: number): boolean => [400, 409, 422].includes(status);

export function forget({ basket, key }: Attempt): void {
  if (attemptOf(basket)?.key === key) keep(basket);
}
