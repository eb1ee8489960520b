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

/** What a checkout is about: one piece of the product that is bought at once, or the cart. */
export const itemsOf = (only: number | undefined): CartLine[] =>
  only === undefined ? cart.get() : [{ productId: only, quantity: 1 }];

/** What was ordered; what was put in meanwhile stays. */
export const takeOut = (items: readonly CartLine[]): void =>
  items.forEach(({ productId, quantity }) => addToCart(productId, -quantity));

/** An order that was sent and whose answer has not been seen: sent again with its key, it is the same order. */
export interface Attempt {
  key: string;
  userId: number;
  at: number;
  body: NewOrder;
}

/** One that is older is sent again by a click alone: whoever comes back tomorrow may wish for something else. */
const FRESH_MS = 5 * 60_000;

export const attempt = keptValue<Attempt | null>(
  'attempt',
  null,
  (value): value is Attempt =>
    typeof value === 'object' && value !== null && 'key' in value && 'at' in value && 'body' in value,
);

/** That of an earlier click, reload or tab where it wishes for the same; kept before anything is sent. */
export function attemptFor(userId: number, body: NewOrder): Attempt {
  const before = attempt.get();
  if (before?.userId === userId && JSON.stringify(before.body) === JSON.stringify(body)) return before;
  const made = { key: crypto.randomUUID(), userId, at: Date.now(), body };
  attempt.set(made);
  return made;
}

/** What a page sent that was left or loaded anew before the answer came, while it is what is wished for still. */
export function unanswered(userId: number, items = cart.get()): Attempt | undefined {
  const before = attempt.get();
  if (before?.userId !== userId || Date.now() - before.at > FRESH_MS) return undefined;
  return JSON.stringify(before.body.items) === JSON.stringify(items) ? before : undefined;
}

/** Only these say that the key has no order and gets none. After all others, a 401 too, the same wish keeps its key. */
export const isRefusal = (status: number): boolean => [400, 409, 422].includes(status);

export function forget({ key }: Attempt): void {
  if (attempt.get()?.key === key) attempt.set(null);
}
