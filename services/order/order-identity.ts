import {
  placedOrderSchema,
  type OrderLine,
  type PlacedOrder,
  type PlaceOrderBody,
} from '../../contracts/http/orders.js';
import { createHash, randomBytes } from 'node:crypto';
import type { Address } from '../../contracts/http/address.js';

const PLACED_FIELDS = Object.keys(placedOrderSchema.shape);

/** What never changes of an order, and nothing else of what it has. */
export function placedOrder(order: PlacedOrder): PlacedOrder {
  return Object.fromEntries(Object.entries(order).filter(([field]) => PLACED_FIELDS.includes(field))) as PlacedOrder;
}

export interface RequestedLine {
  productId: number;
  quantity: number;
}

/** What a product is called and costs at this moment. */
interface Quote {
  id: number;
  name: string;
  /** Minor unit. */
  price: number;
}

/** One line per product in ascending id: a product named twice counts as the sum. */
export function mergeLines(requested: readonly RequestedLine[]): RequestedLine[] {
  const quantities = new Map<number, number>();
  for (const { productId, quantity } of requested)
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return [...quantities].sort(([a], [b]) => a - b).map(([productId, quantity]) => ({ productId, quantity }));
}

export function priceLine({ productId, quantity }: RequestedLine, quote: Quote): OrderLine {
  return { productId, productName: quote.name, unitPrice: quote.price, quantity, totalPrice: quote.price * quantity };
}

/**
 * In the minor unit. Exact below 10^15; above, what doubles lose can't bring it back under the limit, since rounding
 * keeps the order of numbers.
 */
export function totalOf(lines: readonly Pick<OrderLine, 'totalPrice'>[]): number {
  return lines.reduce((sum, line) => sum + line.totalPrice, 0);
}

/** In hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const hexDigits = 32;

/**
 * The same user and key give the same order id, also when the row is written by two processes at once. 128 bits of
 * SHA-256. Not in domain/ because the workflow's sandbox has no node:crypto.
 */
export function orderIdFor(userId: number, idempotencyKey: string): string {
  // A user's id has no colon, so no two pairs give the same text.
  return `ord_${sha256(`${userId}:${idempotencyKey}`).slice(0, hexDigits)}`;
}

/** The same for a refund of an order. */
export function refundIdFor(orderId: string, idempotencyKey: string): string {
  return `ref_${sha256(`${orderId}:${idempotencyKey}`).slice(0, hexDigits)}`;
}

export function randomOrderId(): string {
  return `ord_${randomBytes(hexDigits / 2).toString('hex')}`;
}

/** The shipping address as it stands in the body: the user's own, taken where there is none, may change between two tries. */
export interface UnderstoodBody extends Omit<PlaceOrderBody, 'items' | 'productId' | 'quantity'> {
  userId: number;
  /** Merged and sorted. */
  lines: readonly RequestedLine[];
}

/**
 * SHA-256, hex, of a body as it was understood: how it was written (one line or items, order of fields, defaults
 * spelled out) makes no difference. Each further field is hashed where it is there, so that a field that is new changes
 * no hash of a key that is in use.
 */
export function hashBody({ userId, lines, paymentMethod, shippingAddress, ...further }: UnderstoodBody): string {
  const canonical = [
    userId,
    lines.map(({ productId, quantity }) => [productId, quantity]),
    paymentMethod,
    shippingAddress === undefined ? null : fieldsOf(shippingAddress),
    ...known(further),
  ];
  return sha256(JSON.stringify(canonical));
}

function fieldsOf({ name, line1, line2, city, postalCode, country, phone, ...further }: Address): unknown[] {
  return [name, line1, line2 ?? null, city, postalCode, country, phone ?? null, ...known(further)];
}

/** By name, whatever their order. */
function known(further: object): [string, unknown][] {
  const there = Object.entries(further).filter(([, value]) => value !== undefined);
  return there.sort(([one], [other]) => (one < other ? -1 : 1));
}
