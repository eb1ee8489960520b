import { createHash, randomBytes } from 'node:crypto';
import type { Address } from '../../contracts/http/address.js';
import type { RequestedLine } from './domain/order-lines.js';

const hexDigits = 32;

/**
 * The same user and key give the same order id, also when the row is written by two processes at once. 128 bits of
 * SHA-256. Not in domain/ because the workflow's sandbox has no node:crypto.
 */
export function orderIdFor(userId: number, idempotencyKey: string): string {
  // A user's id has no colon, so no two pairs give the same text.
  const hash = createHash('sha256').update(`${userId}:${idempotencyKey}`).digest('hex');
  return `ord_${hash.slice(0, hexDigits)}`;
}

export function randomOrderId(): string {
  return `ord_${randomBytes(hexDigits / 2).toString('hex')}`;
}

interface UnderstoodBody {
  userId: number;
  /** Merged and sorted. */
  lines: readonly RequestedLine[];
  paymentMethod: string;
  /** As it stands in the body; the user's own, taken where there is none, may change between two tries. */
  shippingAddress?: Address | undefined;
}

/**
 * SHA-256, hex, of a body as it was understood: how it was written (one line or items, order of fields, defaults
 * spelled out) makes no difference.
 */
export function hashBody({ userId, lines, paymentMethod, shippingAddress }: UnderstoodBody): string {
  const canonical = [
    userId,
    lines.map(({ productId, quantity }) => [productId, quantity]),
    paymentMethod,
    shippingAddress === undefined ? null : fieldsOf(shippingAddress),
  ];
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}

function fieldsOf({ name, line1, line2, city, postalCode, country, phone }: Address): (string | null)[] {
  return [name, line1, line2 ?? null, city, postalCode, country, phone ?? null];
}
