import type { Address } from '../../../contracts/http/address.js';
import type { orderOperations } from '../../../contracts/http/order-operations.js';
import { MAX_QUANTITY, type PlaceOrderBody, type Order, type OrderLine } from '../../../contracts/http/orders.js';
import {
  hashBody,
  orderIdFor,
  randomOrderId,
  type UnderstoodBody,
  mergeLines,
  type RequestedLine,
  priceLine,
  totalOf,
} from '../../../services/order/order-identity.js';
import { isAdmin, requireUser } from '../../http/access.js';
import type { Call } from '../../http/handle.js';
import { badRequest, forbidden, serviceUnavailable, unprocessable } from '../../http/problem.js';
import type { UserClient } from '../../../clients/user-client.js';
import { ServiceUnavailableError } from '../../../clients/errors.js';
import type { ProductClient } from '../../../clients/product-client.js';
import type { Product } from '../../../contracts/http/products.js';
import { MONEY_LIMIT } from '../../../contracts/money.js';
import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import { activeTraceId, activeTraceparent } from '../../../platform/telemetry/trace-context.js';
import type { OrderContext } from '../service.js';
import type { OrderStore } from '../../../services/order/order-store.js';
import type { NewOrder, StoredOrder } from '../../../services/order/order-row.js';
import type { InsufficientStock } from '../../../contracts/refusals.js';
import { counter, histogram } from '../../../platform/metrics.js';

/** A request to order, as it was understood. */
interface OrderRequest {
  body: UnderstoodBody;
  /** An admin orders for somebody else: the token says nothing of that user. */
  forAnother: boolean;
  bodyHash: string;
  idempotencyKey: string | undefined;
  respondAsync: boolean;
}

export function readOrderRequest(call: Call<typeof orderOperations.placeOrder>): OrderRequest {
  const caller = requireUser(call.caller);
  const { userId = caller.userId } = call.body;
  const forAnother = userId !== caller.userId;
  if (forAnother && !isAdmin(caller)) throw forbidden("Another user's order needs the role admin.");
  const body = understand(call.body, userId);
  const { 'Idempotency-Key': idempotencyKey, Prefer: preferred } = call.headers;
  return {
    body,
    forAnother,
    bodyHash: hashBody(body),
    idempotencyKey,
    respondAsync: prefersAsync(preferred),
  };
}

/** Either way of writing lines; one per product, ascending. */
function understand(body: PlaceOrderBody, userId: number): UnderstoodBody {
  const { items, ...chosen } = 'items' in body ? body : oneItem(body);
  const lines = mergeLines(items);
  const tooMany = lines.filter((line) => line.quantity > MAX_QUANTITY);
  if (tooMany.length === 0) return { ...chosen, userId, lines };
  throw badRequest(
    'Invalid request body.',
    tooMany.map((line) => ({ path: 'items', message: `product ${line.productId}: at most ${MAX_QUANTITY} in all` })),
  );
}

const oneItem = ({ productId, quantity, ...chosen }: Exclude<PlaceOrderBody, { items: unknown }>) => ({
  ...chosen,
  items: [{ productId, quantity }],
});

/** RFC 7240: a list of preferences, each perhaps with parameters. */
function prefersAsync(preferred = ''): boolean {
  const preferences = preferred.split(',').map((item) => item.split(';')[0]?.trim().toLowerCase());
  return preferences.includes('respond-async');
}

interface Customer {
  /** false: the user service is down, so the token, which names the user it was given to, is believed. */
  verified: boolean;
  address: Address | undefined;
}

/** Throws the problem to answer with. A token vouches for its own holder alone, so not when it is `forAnother`. */
async function verifyCustomer(
  users: UserClient,
  userId: number,
  { forAnother }: { forAnother: boolean },
): Promise<Customer> {
  const answer = await users.validateUser(userId);
  switch (answer.outcome) {
    case 'unavailable':
      if (forAnother) throw userUnavailable();
      return { verified: false, address: undefined };
    case 'unknown':
      throw unknownUser();
    case 'verified':
      if (!answer.user.valid) throw unknownUser();
      return { verified: true, address: answer.user.address ?? undefined };
  }
}

const userUnavailable = () =>
  serviceUnavailable('user-unavailable', 'The user can not be looked up right now. Nothing was ordered.');

const unknownUser = () => unprocessable('unknown-user', 'The user does not exist or is disabled.');

type Quote = Pick<Order, 'lines' | 'currency' | 'totalPrice'>;

/** Names and prices of this moment. Throws the problem to answer with. */
async function quoteOrder(products: ProductClient, requested: readonly RequestedLine[]): Promise<Quote> {
  const known = await askPrices(products, requested);
  const currencies = new Set<string>();
  const lines: OrderLine[] = [];
  for (const line of requested) {
    const product = known.get(line.productId);
    if (product === undefined || product === 'unknown' || !product.active) throw unknownProduct(line);
    currencies.add(product.currency);
    lines.push(priceLine(line, product));
  }
  const [currency, ...others] = currencies;
  if (currency === undefined || others.length > 0) throw mixedCurrencies([...currencies]);
  const totalPrice = totalOf(lines);
  if (totalPrice >= MONEY_LIMIT) throw tooExpensive();
  return { lines, currency, totalPrice };
}

const PRICES_AWAY = 'Prices are not available right now. Nothing was ordered.';

async function askPrices(
  products: ProductClient,
  requested: readonly RequestedLine[],
): Promise<Map<number, Product | 'unknown'>> {
  try {
    return await products.quote(requested.map(({ productId }) => productId));
  } catch (error) {
    if (!(error instanceof ServiceUnavailableError)) throw error;
    throw serviceUnavailable('pricing-unavailable', PRICES_AWAY, undefined, error);
  }
}

const unknownProduct = ({ productId }: RequestedLine) =>
  unprocessable('unknown-product', `Product ${productId} does not exist or is not active.`, { productId });

const mixedCurrencies = (currencies: string[]) =>
  unprocessable('mixed-currencies', 'All products of an order must have the same currency.', { currencies });

const tooExpensive = () =>
  badRequest('The order total is too large.', [{ path: 'items', message: `the total must be below ${MONEY_LIMIT}` }]);

/** Asks who and how much. Throws the problem to answer with. */
export async function priceOrder(context: OrderContext, request: OrderRequest): Promise<NewOrder> {
  const { users, products, paymentCapture } = context;
  const { body, forAnother, idempotencyKey, bodyHash, respondAsync } = request;
  const { userId, lines } = body;
  const [customer, quote] = await Promise.all([
    verifyCustomer(users, userId, { forAnother }),
    quoteOrder(products, lines),
  ]);
  const shippingAddress = body.shippingAddress ?? customer.address;
  if (shippingAddress === undefined) throw addressMissing(customer.verified);

  return {
    ...body,
    id: idempotencyKey === undefined ? randomOrderId() : orderIdFor(userId, idempotencyKey),
    userVerified: customer.verified,
    ...quote,
    paymentCapture: paymentCapture === 'at_order' ? null : paymentCapture,
    shippingAddress,
    bodyHash,
    answeredAsync: respondAsync,
    idempotencyKey,
    traceparent: activeTraceparent(),
    traceId: activeTraceId(),
  };
}

/** Writes the order down; with a shortage as one that is over. Nothing is written when this throws. */
export async function writeOrder(
  { store, logger, metrics }: OrderContext,
  request: OrderRequest,
  order: NewOrder,
  shortage?: InsufficientStock,
): Promise<Placed> {
  crashPoint('place: before the row');
  const { placed, stored } = await store.place(order, shortage);
  if (!placed) return asReplay(stored, request);
  crashPoint('place: row written');
  const orderId = order.id;
  logger.info({ orderId, userVerified: order.userVerified }, 'order created');
  if (shortage) {
    const reason = 'INSUFFICIENT_STOCK';
    logger.info({ orderId, ...shortage }, 'insufficient stock');
    logger.info({ orderId, reason }, 'order cancelled');
    counter(metrics.registry, 'orders_finished_total').inc({ outcome: 'CANCELLED', reason });
    histogram(metrics.registry, 'order_decision_duration_seconds').observe(0);
  }
  return { placed, stored };
}

function addressMissing(verified: boolean) {
  const message = verified ? 'is required: you have none on file' : 'is required: yours can not be looked up right now';
  return badRequest('Invalid request body.', [{ path: 'shippingAddress', message }]);
}

/** `placed` is false where the order was there already, so that this request repeats an earlier one. */
export interface Placed {
  placed: boolean;
  stored: StoredOrder;
}

/** The order that an earlier request with this key made. Comes before all else, because it needs no other service. */
export async function findReplay(store: OrderStore, request: OrderRequest): Promise<Placed | undefined> {
  if (request.idempotencyKey === undefined) return undefined;
  const stored = await store.findByKey(request.body.userId, request.idempotencyKey);
  return stored === undefined ? undefined : asReplay(stored, request);
}

/** Throws 422 when the key was used for another body. */
function asReplay(stored: StoredOrder, { bodyHash }: OrderRequest): Placed {
  if (stored.bodyHash === bodyHash) return { placed: false, stored };
  throw unprocessable('idempotency-key-reuse', 'This Idempotency-Key was used for another order.');
}
