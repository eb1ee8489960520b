import type { StockDecision } from '../../contracts/activities/order-activities.js';
import type { Address } from '../../contracts/http/address.js';
import type { Order } from '../../contracts/http/orders.js';
import type { CancelReason, OrderStatus } from '../../contracts/order-status.js';
import type { SagaStep } from '../../contracts/saga-steps.js';
import { shownState } from './domain/shown-state.js';
import type { Prisma } from './prisma/generated/client.js';

export type OrderRow = Prisma.OrderGetPayload<{ include: { lines: true } }>;

/** An order as callers see it, and what is kept about it beside. */
export interface StoredOrder {
  order: Order;
  bodyHash: string;
  paymentMethod: string;
  /** null until stock is decided. */
  stockDecision: StockDecision | null;
  /** Its first answer was 202. */
  answeredAsync: boolean;
  /** null: not known to have its workflow yet, which may have just been started all the same. */
  workflowStartedAt: Date | null;
  /** Of the request that placed it. */
  traceparent: string | null;
}

/** The columns of text and JSON hold what this service wrote there, by the types of the contracts. */
export function toStoredOrder(row: OrderRow): StoredOrder {
  return {
    order: toOrder(row),
    bodyHash: row.bodyHash,
    paymentMethod: row.paymentMethod,
    stockDecision: row.stockDecision as StockDecision | null,
    answeredAsync: row.answeredAsync,
    workflowStartedAt: row.workflowStartedAt,
    traceparent: row.traceparent,
  };
}

function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    userId: row.userId,
    userVerified: row.userVerified,
    currency: row.currency,
    totalPrice: Number(row.totalPrice),
    lines: row.lines.map(toLine),
    shippingAddress: row.shippingAddress as unknown as Address,
    createdAt: row.createdAt.toISOString(),
    ...shownState(
      {
        status: row.status as OrderStatus,
        cancelReason: row.cancelReason as CancelReason | null,
        cancelNote: row.cancelNote,
        paymentId: row.paymentId,
        deliveryId: row.deliveryId,
        trackingNumber: row.trackingNumber,
        needsAttention: row.needsAttention || row.stalledSince !== null,
        attention: stallOf(row) ?? attentionOf(row),
      },
      row.updatedAt,
    ),
  };
}

/** Before all else: whoever mends a step of it is not heard. */
function stallOf({ stalledSince, stalledWhy }: OrderRow): Order['attention'] | null {
  return stalledSince === null ? null : { step: 'saga', since: stalledSince.toISOString(), error: stalledWhy ?? '' };
}

function attentionOf({ attentionStep, attentionSince, attentionError }: OrderRow): Order['attention'] | null {
  if (attentionStep === null || attentionSince === null) return null;
  return { step: attentionStep as SagaStep, since: attentionSince.toISOString(), error: attentionError ?? '' };
}

function toLine(line: OrderRow['lines'][number]): Order['lines'][number] {
  return {
    productId: line.productId,
    productName: line.productName,
    unitPrice: Number(line.unitPrice),
    quantity: line.quantity,
    totalPrice: Number(line.totalPrice),
  };
}
