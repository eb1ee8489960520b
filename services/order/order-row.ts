import type { StockDecision } from '../../contracts/activities/order-activities.js';
import type { Address } from '../../contracts/http/address.js';
import type { Order, OrderPayment, PlacedOrder, RefundOfOrder } from '../../contracts/http/orders.js';
import type { PaymentCapture } from '../../contracts/order-saga.js';
import type { RequestedLine } from './order-identity.js';
import type { CancelReason, OrderStatus, Review } from '../../contracts/order-status.js';
import type { AttentionReason, ShownAttentionStep } from '../../contracts/saga-steps.js';
import { shownState, type OrderState } from './domain/order-state.js';
import { Prisma, type RefundRequest } from './prisma/generated/client.js';

/** What is kept of an order beside what callers see of it. */
interface Kept {
  /** SHA-256, hex, of the request's body as it was understood. */
  bodyHash: string;
  paymentMethod: string;
  /** null: `at_order`, as of all orders of before. */
  paymentCapture: PaymentCapture | null;
  /** Its first answer was 202. */
  answeredAsync: boolean;
}

export interface NewOrder extends Omit<PlacedOrder, 'createdAt'>, Kept {
  idempotencyKey?: string | undefined;
  /** Of the request that placed it. */
  traceparent?: string | undefined;
  traceId?: string | undefined;
}

/** An order as callers see it, and what is kept about it beside. */
export interface StoredOrder extends Kept {
  order: Order;
  /** null until stock is decided. */
  stockDecision: StockDecision | null;
  /** null: not known to have its workflow yet, which may have just been started all the same. */
  workflowStartedAt: Date | null;
  /** Of the request that placed it. */
  traceparent: string | null;
}

/** Its total price is a bigint here and a number there. */
export type Columns = Omit<Prisma.OrderGetPayload<object>, 'totalPrice'>;
type OrderRow = Prisma.OrderGetPayload<{ include: { lines: true; refunds: true } }>;

/** Each field of `T`, also those that may be undefined: one that is forgotten does not compile. */
type All<T> = { [Name in keyof Required<T>]: T[Name] };

/** The columns of a new order by the names of their fields: a field of it is a column of the same name. */
export function newOrderColumns({ lines: _table, traceId: _entry, ...order }: NewOrder) {
  return { ...order, shippingAddress: json(order.shippingAddress) };
}

/** The columns of what a step changes. */
export function stateColumns({ attention, stockDecision, payment, ...state }: OrderState) {
  return {
    ...state,
    stockDecision: json(stockDecision),
    payment: json(payment),
    attentionStep: attention?.step ?? null,
    attentionSince: attention && new Date(attention.since),
    attentionReason: attention?.reason ?? null,
    attentionError: attention?.error ?? null,
  };
}

/** The columns of text and JSON hold what this service wrote there, by the types of the contracts. */
export function stateOf(row: Columns): OrderState {
  return {
    status: row.status as OrderStatus,
    cancelReason: row.cancelReason as CancelReason | null,
    cancelNote: row.cancelNote,
    review: row.review as Review | null,
    payment: row.payment as OrderPayment | null,
    paymentId: row.paymentId,
    deliveryId: row.deliveryId,
    trackingNumber: row.trackingNumber,
    stockDecision: row.stockDecision as StockDecision | null,
    needsAttention: row.needsAttention,
    attention: attentionOf(row),
  };
}

function attentionOf(row: Columns): OrderState['attention'] {
  const { attentionStep, attentionSince, attentionReason, attentionError } = row;
  if (attentionStep === null || attentionSince === null) return null;
  return {
    step: attentionStep as ShownAttentionStep,
    since: attentionSince.toISOString(),
    ...(attentionReason === null ? {} : { reason: attentionReason as AttentionReason }),
    error: attentionError ?? '',
  };
}

/** `requests`: of its refunds. */
export function toStoredOrder(row: OrderRow, requests: readonly RefundRequest[]): StoredOrder {
  const { bodyHash, paymentMethod, answeredAsync, workflowStartedAt, traceparent } = row;
  const paymentCapture = row.paymentCapture as PaymentCapture | null;
  const state = { ...stateOf(row), ...stallOf(row) };
  return {
    order: { ...placedOf(row), ...shownState(state, row.updatedAt.toISOString()), ...refundsOf(row, requests) },
    stockDecision: state.stockDecision,
    ...{ bodyHash, paymentMethod, paymentCapture, answeredAsync, workflowStartedAt, traceparent },
  };
}

function placedOf(row: OrderRow): All<PlacedOrder> {
  return {
    id: row.id,
    userId: row.userId,
    userVerified: row.userVerified,
    currency: row.currency,
    totalPrice: Number(row.totalPrice),
    lines: row.lines.map(toLine),
    shippingAddress: row.shippingAddress as unknown as Address,
    createdAt: row.createdAt.toISOString(),
  };
}

/** Before all else that it needs attention for: whoever mends a step of it is not heard. */
function stallOf({ stalledSince, stalledWhy }: Columns): Partial<OrderState> {
  if (stalledSince === null) return {};
  const attention = { step: 'saga', since: stalledSince.toISOString(), error: stalledWhy ?? '' } as const;
  return { needsAttention: true, attention };
}

function refundsOf({ refunds }: OrderRow, requests: readonly RefundRequest[]): Pick<Order, 'refunds'> {
  if (refunds.length === 0) return {};
  return {
    refunds: refunds.map(({ orderId, id, amount, at, reason, requestedBy }) => ({
      ...{ id, amount: Number(amount), at: at.toISOString(), reason, requestedBy },
      ...restockOf(requests.find((request) => request.orderId === orderId && request.id === id)),
    })),
  };
}

function restockOf(request: RefundRequest | undefined): Pick<RefundOfOrder, 'restock' | 'restocked'> {
  if (!request?.restock) return {};
  const { restock, restocked } = request;
  return { restock: restock as unknown as RequestedLine[], ...(restocked !== null && { restocked }) };
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

const json = (value: object | null): Prisma.Sql | null =>
  value === null ? null : Prisma.sql`${JSON.stringify(value)}::jsonb`;

/** Its name in SQL, where it is no parameter: so only of a field that there is. */
function columnOf(field: string): string {
  if (!Object.hasOwn(Prisma.OrderScalarFieldEnum, field)) throw new Error(`an order has no column for ${field}`);
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** All columns of an order, under the names of their fields. */
export const ORDER_COLUMNS = Prisma.raw(
  Object.values(Prisma.OrderScalarFieldEnum)
    .map((field) => `${columnOf(field)} AS "${field}"`)
    .join(', '),
);

/** `(a, b) VALUES (1, 2)` */
export function insertion(columns: object): Prisma.Sql {
  const names = Prisma.raw(Object.keys(columns).map(columnOf).join(', '));
  return Prisma.sql`(${names}) VALUES (${Prisma.join(Object.values(columns).map((value: unknown) => value ?? null))})`;
}

/** `a = 1, b = 2` */
export function assignments(columns: object): Prisma.Sql {
  const parts = Object.entries(columns).map(
    ([field, value]) => Prisma.sql`${Prisma.raw(columnOf(field))} = ${value as unknown}`,
  );
  return Prisma.join(parts);
}
