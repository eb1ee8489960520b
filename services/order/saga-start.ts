import {
  DELIVERY_ASKED_EVERY_MS,
  PAYMENT_ASKED_EVERY_MS,
  type SagaTimes,
  type OrderSagaInput,
  workflowIdOf,
} from '../../contracts/order-saga.js';
import { z } from 'zod';
import { duration } from '../../platform/env.js';
import type { WorkflowStartOptions } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import type { Order, PlacedOrder } from '../../contracts/http/orders.js';
import { PAYMENT_WINDOWS_MS, REVIEWED_METHODS } from '../../contracts/payment-methods.js';
import { WORKFLOW_TASK_TIMEOUT_MS } from '../../contracts/saga-steps.js';
import { TASK_QUEUES } from '../../contracts/services.js';
import { placedOrder } from './order-identity.js';
import type { StoredOrder } from './order-row.js';

const some = duration.refine((ms) => ms >= 1, 'must be at least 1 ms');

/** For the API and the worker alike: whichever of them starts an order's workflow tells it these. */
export const sagaTimeSettings = {
  ATTENTION_AFTER: some
    .default(120_000)
    .describe(
      'a duration: a step that has not succeeded by then asks for an operator; orders keep what they started with',
    ),
  PAYMENT_WINDOW: some
    .default(15 * 60_000)
    .describe(
      'a duration: an order that is not charged within it, counted from the first try, is undone, unless its payment method has a window of its own; orders keep what they started with',
    ),
  PAYMENT_ASKED_EVERY: some
    .default(PAYMENT_ASKED_EVERY_MS)
    .describe(
      'a duration: an order that waits to be paid asks the provider so often at first, should its webhook be lost, and later after a tenth of the time that it has waited; orders keep what they started with',
    ),
  CARRIER_SILENCE_AFTER: some
    .default(14 * 86_400_000)
    .describe(
      'a duration: an order of which the carrier has said nothing for so long asks for an operator; orders keep what they started with',
    ),
  DELIVERY_ASKED_EVERY: some
    .default(DELIVERY_ASKED_EVERY_MS)
    .describe(
      'a duration: an order that waits for the carrier asks the delivery service so often what it has heard, should a signal be lost; orders keep what they started with',
    ),
  REVIEW_ABOVE: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      "an amount in the minor unit of the order's currency: an order of so much or more is charged only once a person has approved it; without it none waits for what it costs; orders keep what they started with",
    ),
  REVIEW_WINDOW: some
    .default(86_400_000)
    .describe(
      'a duration: an order that waits for review and was neither approved nor rejected by then asks for an operator, and goes on waiting; orders keep what they started with',
    ),
};

type SagaTimeConfig = z.output<z.ZodObject<typeof sagaTimeSettings>>;

export function sagaTimesFrom(config: SagaTimeConfig): SagaTimes {
  return {
    attentionAfterMs: config.ATTENTION_AFTER,
    paymentWindowMs: config.PAYMENT_WINDOW,
    paymentAskedEveryMs: config.PAYMENT_ASKED_EVERY,
    carrierSilenceMs: config.CARRIER_SILENCE_AFTER,
    deliveryAskedEveryMs: config.DELIVERY_ASKED_EVERY,
    ...(config.REVIEW_ABOVE !== undefined && { reviewAbove: config.REVIEW_ABOVE }),
    reviewWindowMs: config.REVIEW_WINDOW,
  };
}

/** A server may refuse details over 20 kB and a summary over 400 bytes; both grow when they are encrypted. */
const LINES_SHOWN = 10;

/** The order in one line, for lists and the head of its page in the Web UI. Nothing personal. */
export function summaryOf({ userId, lines, totalPrice, currency }: PlacedOrder, paymentMethod: string): string {
  const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const what = `${pieces} ${pieces === 1 ? 'piece' : 'pieces'} of ${lines.length === 1 ? 'one product' : `${lines.length} products`}`;
  return `${what}, ${totalPrice} ${currency} (minor unit) by ${paymentMethod}, customer ${userId}`;
}

/** What was ordered, in Markdown. Nothing personal. */
export function detailsOf({ lines, currency }: PlacedOrder): string {
  const shown = lines.slice(0, LINES_SHOWN).map(({ productId, productName, quantity, unitPrice }) => {
    const name = productName.replace(/[\\`*_[\]<>#|~!]/g, '\\$&');
    return `- ${quantity} × ${name} (product ${productId}) at ${unitPrice} ${currency}`;
  });
  const left = lines.length - shown.length;
  return [...shown, ...(left > 0 ? [`- and ${left} more`] : [])].join('\n');
}

type OrderSaga = (input: OrderSagaInput) => Promise<Order>;

/** What an order by this payment method is started with. */
export function timesFor(paymentMethod: string, times: SagaTimes): SagaTimes {
  return {
    ...times,
    paymentWindowMs: PAYMENT_WINDOWS_MS.get(paymentMethod) ?? times.paymentWindowMs,
    ...(REVIEWED_METHODS.includes(paymentMethod) && { reviewAbove: 0 }),
  };
}

interface SagaSettings {
  times: SagaTimes;
  /** The workflow's own `initialSearchAttributes`: a service's body doesn't import workflows. */
  searchAttributesOf: (order: PlacedOrder) => SearchAttributePair[];
}

/**
 * How an order's workflow is started, by whoever comes first: the one that runs is used, and one that has ended is
 * never followed by a second.
 */
export function sagaStart(stored: StoredOrder, { times, searchAttributesOf }: SagaSettings) {
  const { order, paymentMethod, paymentCapture } = stored;
  return {
    workflowId: workflowIdOf(order.id),
    taskQueue: TASK_QUEUES.order,
    args: [
      {
        order: placedOrder(order),
        paymentMethod,
        ...timesFor(paymentMethod, times),
        ...(paymentCapture && { paymentCapture }),
      },
    ],
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT_MS,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    typedSearchAttributes: searchAttributesOf(order),
    staticSummary: summaryOf(order, paymentMethod),
    staticDetails: detailsOf(order),
  } satisfies WorkflowStartOptions<OrderSaga>;
}
