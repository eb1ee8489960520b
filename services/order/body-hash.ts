import { createHash } from 'node:crypto';

import type { Address } from '../../contracts/http/address.js';
import type { RequestedLine } from './domain/order-lines.js';

export interface UnderstoodBody {
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
