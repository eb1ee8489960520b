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

export function addToCart(productId: number): void {
  const before = cart.get().find((one) => one.productId === productId)?.quantity ?? 0;
  setQuantity(productId, before + 1);
}

/** An order that was sent and whose answer has not been seen: sent again with its key, it is the same order. */
export interface Attempt {
  key: string;
  userId: number;
  body: NewOrder;
}

export const attempt = keptValue<Attempt | null>(
  'attempt',
  null,
  (value): value is Attempt => typeof value === 'object' && value !== null && 'key' in value && 'body' in value,
);

/** That of an earlier click, reload or tab where it wishes for the same; kept before anything is sent. */
export function attemptFor(userId: number, body: NewOrder): Attempt {
  const before = attempt.get();
  if (before?.userId === userId && JSON.stringify(before.body) === JSON.stringify(body)) return before;
  const made = { key: crypto.randomUUID(), userId, body };
  attempt.set(made);
  return made;
}
