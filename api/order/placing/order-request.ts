import type { Request } from 'express';

import type { Address } from '../../../contracts/http/address.js';
import { orderOperations } from '../../../contracts/http/operations/orders.js';
import { idempotencyKeySchema, MAX_QUANTITY, type PlaceOrderBody } from '../../../contracts/http/orders.js';
import { hashBody } from '../../../services/order/body-hash.js';
import { mergeLines, type RequestedLine } from '../../../services/order/domain/order-lines.js';
import { isAdmin, requireUser } from '../../http/access.js';
import { badRequest, forbidden } from '../../http/problem.js';
import { parseBody } from '../../http/validate.js';

/** A request to order, as it was understood. */
export interface OrderRequest {
  userId: number;
  /** An admin orders for somebody else: the token says nothing of that user. */
  forAnother: boolean;
  /** One per product, ascending. */
  lines: RequestedLine[];
  paymentMethod: string;
  shippingAddress: Address | undefined;
  bodyHash: string;
  idempotencyKey: string | undefined;
  respondAsync: boolean;
}

export function readOrderRequest(req: Request): OrderRequest {
  const caller = requireUser(req);
  const body = parseBody(orderOperations.placeOrder.body, req);
  const { userId = caller.userId, paymentMethod, shippingAddress } = body;
  if (userId !== caller.userId && !isAdmin(caller)) throw forbidden("Another user's order needs the role admin.");
  const lines = readLines(body);
  return {
    userId,
    forAnother: userId !== caller.userId,
    lines,
    paymentMethod,
    shippingAddress,
    bodyHash: hashBody({ userId, lines, paymentMethod, shippingAddress }),
    idempotencyKey: readKey(req),
    respondAsync: prefersAsync(req),
  };
}

function readLines(body: PlaceOrderBody): RequestedLine[] {
  const lines = mergeLines('items' in body ? body.items : [body]);
  const tooMany = lines.filter((line) => line.quantity > MAX_QUANTITY);
  if (tooMany.length === 0) return lines;
  throw badRequest(
    'Invalid request body.',
    tooMany.map((line) => ({ path: 'items', message: `product ${line.productId}: at most ${MAX_QUANTITY} in all` })),
  );
}

function readKey(req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined) return undefined;
  const parsed = idempotencyKeySchema.safeParse(key);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ message }) => ({ path: 'Idempotency-Key', message }));
  throw badRequest('Invalid request headers.', errors);
}

/** RFC 7240: a list of preferences, each perhaps with parameters. */
function prefersAsync(req: Request): boolean {
  const preferences = (req.get('prefer') ?? '').split(',').map((item) => item.split(';')[0]?.trim().toLowerCase());
  return preferences.includes('respond-async');
}
