import { z } from 'zod';
import { dashboardSchema } from './dashboard.js';
import { pageOf, replayedHeader, textIdParamsSchema } from './common.js';
import type { Operations } from './operation.js';
import { reconciliationSchema } from './reconciliation.js';
import {
  cancelOrderBodySchema,
  operatorRequestBodySchema,
  orderSchema,
  ordersQuerySchema,
  placeOrderBodySchema,
  placeOrderHeadersSchema,
  refundBodySchema,
  refundHeadersSchema,
  refundSchema,
  reviewBodySchema,
  timelineSchema,
  watchOrderHeadersSchema,
} from './orders.js';

const common = { service: 'order-service', tag: 'Orders' } as const;

const locationSchema = z.string().meta({ examples: ['/orders/4f6a2c1e'] });
const placedHeadersSchema = z.object({ Location: locationSchema, ...replayedHeader });

const operatorRequest = {
  ...common,
  method: 'post',
  access: 'admin',
  params: textIdParamsSchema,
  body: operatorRequestBodySchema,
  answers: {
    202: {
      description: 'The Saga has heard it. Who and why stands in the timeline.',
      schema: orderSchema,
      headers: z.object({ Location: locationSchema }),
    },
  },
} as const;
const operatorProblems = ['not-found', 'attention-not-needed', 'workflow-ended', 'saga-unavailable'] as const;

export const orderOperations = {
  placeOrder: {
    ...common,
    method: 'post',
    path: '/orders',
    summary: 'Order',
    description:
      'Answers when stock is decided. Prices are those of the product service; none is taken from the caller. ' +
      'A repeat with the same `Idempotency-Key` has the first answer’s status, and the order as it is now.',
    access: 'customer',
    headers: placeOrderHeadersSchema,
    body: placeOrderBodySchema,
    answers: {
      201: { description: 'Stock is reserved.', schema: orderSchema, headers: placedHeadersSchema },
      202: {
        description: 'Stock was not decided in time, or the caller asked for `respond-async`: the order goes on.',
        schema: orderSchema,
        headers: placedHeadersSchema,
      },
    },
    problems: [
      'insufficient-stock',
      'unknown-product',
      'unknown-user',
      'mixed-currencies',
      'idempotency-key-reuse',
      'pricing-unavailable',
      'user-unavailable',
    ],
  },
  listOrders: {
    ...common,
    method: 'get',
    path: '/orders',
    summary: 'Orders, newest first',
    description: 'The caller’s own; an admin who names no `userId` sees everybody’s.',
    access: 'owner-or-admin',
    query: ordersQuerySchema,
    answers: { 200: { description: 'A page of orders.', schema: pageOf(orderSchema) } },
    problems: ['forbidden'],
  },
  getOrder: {
    ...common,
    method: 'get',
    path: '/orders/{id}',
    summary: 'An order',
    access: 'owner-or-admin',
    params: textIdParamsSchema,
    answers: { 200: { description: 'The order.', schema: orderSchema } },
    problems: ['not-found'],
  },
  watchOrder: {
    ...common,
    method: 'get',
    path: '/orders/{id}/events',
    summary: 'An order at each change of its status',
    description:
      'Server-sent events. Each has the order as it was then as its `data`; the first one is the order as it is. The ' +
      'stream ends at a final status, or after 15 minutes. With the `Last-Event-ID` of the last event that was seen it ' +
      'goes on from there.',
    access: 'owner-or-admin',
    params: textIdParamsSchema,
    headers: watchOrderHeadersSchema,
    answers: {
      200: {
        description: 'The events, as they come.',
        contentType: 'text/event-stream',
        schema: z.string().meta({ examples: ['id: 1\ndata: {"id":"ord_4f6a2c1e","status":"PENDING"}\n\n'] }),
      },
      204: { description: 'The last event that was seen is the final one: nothing else will come.' },
    },
    problems: ['not-found', 'too-many-requests', 'service-unavailable'],
  },
  cancelOrder: {
    ...common,
    method: 'post',
    path: '/orders/{id}/cancel',
    summary: 'Cancel an order',
    description: 'Undoes what was done: calls off the delivery, refunds, releases the stock. A repeat is harmless.',
    access: 'owner-or-admin',
    params: textIdParamsSchema,
    body: cancelOrderBodySchema,
    answers: {
      200: { description: 'It is undone, now or before.', schema: orderSchema },
      202: {
        description: 'The undo takes longer and goes on.',
        schema: orderSchema,
        headers: z.object({ Location: locationSchema }),
      },
    },
    problems: ['not-found', 'not-cancellable', 'workflow-ended', 'cancel-unavailable'],
  },
  refundOrder: {
    ...common,
    method: 'post',
    path: '/orders/{id}/refunds',
    summary: 'Give a part of what was paid back, or all of it',
    description:
      'Of an order that is running or over, as often as something is left. The order goes on; its stock stays as it is, unless ' +
      'lines come with `restock` and were delivered. What ' +
      'undoes it later gives back the rest.',
    access: 'admin',
    params: textIdParamsSchema,
    headers: refundHeadersSchema,
    body: refundBodySchema,
    answers: {
      201: { description: 'It went back, now or before.', schema: refundSchema },
      202: { description: 'It takes longer, and goes on.', schema: refundSchema },
    },
    problems: [
      'not-found',
      'refund-too-much',
      'payment-only-held',
      'restock-too-much',
      'refund-refused',
      'idempotency-key-reuse',
      'saga-unavailable',
    ],
  },
  getTimeline: {
    ...common,
    method: 'get',
    path: '/orders/{id}/timeline',
    summary: 'What happened to an order',
    description:
      'Each step, compensation, refusal, wait and request, in the order of their writing; for admins also what operators sent to Temporal itself.',
    access: 'owner-or-admin',
    params: textIdParamsSchema,
    answers: { 200: { description: 'All of it.', schema: timelineSchema } },
    problems: ['not-found'],
  },
  retryOrder: {
    ...operatorRequest,
    path: '/orders/{id}/retry',
    summary: 'Try again now what an order waits for',
    problems: [...operatorProblems],
  },
  giveUpOrder: {
    ...operatorRequest,
    path: '/orders/{id}/give-up',
    summary: 'Undo an order that waits',
    description: 'It ends as cancelled, with the reason `OPERATOR_REQUEST`. What is delivered can not be given up.',
    problems: [...operatorProblems, 'already-being-undone', 'not-cancellable'],
  },
  settleOrder: {
    ...operatorRequest,
    path: '/orders/{id}/settled',
    summary: 'Let an order go on without what it waits for',
    description:
      'For what was put right elsewhere, such as a charge made by hand. It is not undone later. It answers for all that ' +
      'waits when it is heard: after a 503 look at the order before asking again.',
    problems: [...operatorProblems],
  },
  reviewOrder: {
    ...operatorRequest,
    body: reviewBodySchema,
    path: '/orders/{id}/review',
    summary: 'Approve or reject an order that waits for review',
    description:
      'An order of `REVIEW_ABOVE` or more, or of a payment method that asks for it, is charged only once it is approved; rejected, it ends as cancelled, with the reason ' +
      '`REVIEW_REJECTED`. The first decision that the Saga hears counts.',
    problems: ['not-found', 'review-not-needed', 'workflow-ended', 'saga-unavailable'],
  },
  getDashboard: {
    ...common,
    method: 'get',
    path: '/dashboard',
    summary: 'How it goes, by the metrics of the last hour',
    description: 'For the operators’ desk, from Prometheus where one is there. What is asked of it is fixed.',
    access: 'admin',
    answers: { 200: { description: 'What Prometheus has of each.', schema: dashboardSchema } },
    problems: ['metrics-unavailable'],
  },
  getReconciliation: {
    ...common,
    method: 'get',
    path: '/reconciliation',
    summary: 'The last reconciliation, and what it found',
    description: 'Of those that the schedule runs: `npm run reconcile` says itself what it finds.',
    access: 'admin',
    answers: { 200: { description: 'Its last run, and the last findings.', schema: reconciliationSchema } },
    problems: ['reconciliation-unavailable'],
  },
  runReconciliation: {
    ...common,
    method: 'post',
    path: '/reconciliation',
    summary: 'Reconcile now',
    description:
      'As the schedule does: it follows what changed, and repairs nothing. While one runs, no second begins.',
    access: 'admin',
    answers: {
      202: {
        description: 'One runs, or has just ended.',
        schema: reconciliationSchema,
        headers: z.object({ Location: z.string().meta({ examples: ['/reconciliation'] }) }),
      },
    },
    problems: ['reconciliation-unavailable'],
  },
} as const satisfies Operations;
