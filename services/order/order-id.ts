import { createHash, randomBytes } from 'node:crypto';

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
