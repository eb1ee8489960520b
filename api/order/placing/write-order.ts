import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import { activeTraceId, activeTraceparent } from '../../../platform/telemetry/trace-context.js';
import { orderIdFor, randomOrderId } from '../../../services/order/order-id.js';
import { badRequest } from '../../http/problem.js';
import type { OrderContext } from '../context.js';
import { asReplay, type Placed } from './find-replay.js';
import type { OrderRequest } from './order-request.js';
import { quoteOrder } from './quote-order.js';
import { verifyCustomer } from './verify-customer.js';

/** Asks who and how much, and writes the order down. Nothing is written when this throws. */
export async function writeOrder(context: OrderContext, request: OrderRequest): Promise<Placed> {
  const { store, users, products, logger } = context;
  const { userId, forAnother, lines, idempotencyKey, bodyHash, paymentMethod, respondAsync } = request;
  const [customer, quote] = await Promise.all([
    verifyCustomer(users, userId, { forAnother }),
    quoteOrder(products, lines),
  ]);
  const shippingAddress = request.shippingAddress ?? customer.address;
  if (shippingAddress === undefined) throw addressMissing(customer.verified);

  crashPoint('place: before the row');
  const { placed, stored } = await store.place({
    id: idempotencyKey === undefined ? randomOrderId() : orderIdFor(userId, idempotencyKey),
    userId,
    userVerified: customer.verified,
    ...quote,
    shippingAddress,
    paymentMethod,
    bodyHash,
    answeredAsync: respondAsync,
    idempotencyKey,
    traceparent: activeTraceparent(),
    traceId: activeTraceId(),
  });
  if (!placed) return asReplay(stored, request);
  crashPoint('place: row written');
  logger.info({ orderId: stored.order.id, userVerified: customer.verified }, 'order created');
  return { placed, stored };
}

function addressMissing(verified: boolean) {
  const message = verified ? 'is required: you have none on file' : 'is required: yours can not be looked up right now';
  return badRequest('Invalid request body.', [{ path: 'shippingAddress', message }]);
}
