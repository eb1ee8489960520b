import {
  CAPTURE_REFUSED,
  type PaymentActivities,
  type RefundPartActivities,
  type RefundPartRequest,
} from '../../contracts/activities/payment-activities.js';
import { REFUSALS, type PaymentDeclined } from '../../contracts/refusals.js';
import { inParallel } from '../../platform/in-parallel.js';
import { withOrderId } from '../../platform/log-context.js';
import type { Logger } from '../../platform/logger.js';
import { captureOrder } from '../../services/payment/capture-order.js';
import { chargeOrder, recordFromProvider } from '../../services/payment/charge-order.js';
import {
  type PaymentProvider,
  type ProviderEntry,
  ProviderUnavailable,
  withDeadline,
} from '../../services/payment/payment-provider.js';
import { type PaymentStore, createPaymentStore } from '../../services/payment/payment-store.js';
import { undoCharge, undoAtProvider } from '../../services/payment/undo-charge.js';
import { refundPart } from '../../services/payment/refund-part.js';
import { ApplicationFailure } from '@temporalio/common';
import { refusal } from '../refusal.js';
import { whenAskedToWait } from './when-asked-to-wait.js';
import type { LedgerRecord, PaymentReconciliation } from '../../contracts/activities/reconciliation.js';
import type { PrismaClient } from '../../services/payment/prisma/generated/client.js';
import { createPaymentReconciliationReader } from '../../services/payment/payment-reader.js';

interface PaymentActivitiesSettings {
  store: PaymentStore;
  provider: PaymentProvider;
  logger: Logger;
  /** For all that one attempt asks of the provider. */
  providerTimeoutMs?: number;
}

/** The payment service's part of the Saga. A refusal is a non-retryable failure of a type in contracts/refusals.ts. */
export function createPaymentActivities({
  store,
  provider,
  logger,
  providerTimeoutMs,
}: PaymentActivitiesSettings): PaymentActivities & RefundPartActivities {
  const serviceForAttempt = () => ({ store, provider: withDeadline(provider, providerTimeoutMs) });
  /** Of nothing where all had gone back in parts, or nothing was charged. */
  const tellRefund = (refund: { orderId: string; paymentId: string; amount: number; currency: string }): void => {
    if (refund.amount > 0) logger.info(refund, 'payment refunded');
  };
  return {
    chargePayment: ({ paymentMethod, mayBePending, capture = true, ...order }) =>
      withOrderId(order.orderId, async () => {
        const { orderId, amount, currency } = order;
        const attempt = { ...order, method: paymentMethod, hold: !capture };
        const charge = await whenAskedToWait(() => chargeOrder(serviceForAttempt(), attempt));
        switch (charge.outcome) {
          case 'charged':
            if (charge.first)
              logger.info({ orderId, paymentId: charge.paymentId, amount, currency }, 'payment completed');
            return { paymentId: charge.paymentId };
          case 'held': {
            const { paymentId, expiresAt, first } = charge;
            if (first) logger.info({ orderId, paymentId, amount, currency, expiresAt }, 'payment held');
            return { paymentId, held: expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() } };
          }
          case 'declined': {
            const { paymentId, code } = charge;
            if (charge.first) logger.info({ orderId, paymentId, code }, 'payment declined');
            throw refusal(REFUSALS.paymentDeclined, 'the payment was declined', {
              paymentId,
              code,
            } satisfies PaymentDeclined);
          }
          case 'pending':
            if (!mayBePending) throw new ProviderUnavailable('the charge is pending');
            return { pending: charge.pending };
          case 'compensated':
            tellRefund({ orderId, paymentId: charge.paymentId, amount: charge.refunded, currency });
            throw refusal(REFUSALS.compensated, 'the order was called off');
        }
      }),

    capturePayment: (order) =>
      withOrderId(order.orderId, async () => {
        const { orderId, amount, currency } = order;
        const capture = await whenAskedToWait(() => captureOrder(serviceForAttempt(), order));
        switch (capture.outcome) {
          case 'captured':
            if (capture.first)
              logger.info({ orderId, paymentId: capture.paymentId, amount, currency }, 'payment captured');
            return { captured: true };
          case 'refused':
            logger.warn({ orderId, code: capture.code }, 'payment not captured');
            throw ApplicationFailure.nonRetryable(`the provider does not capture: ${capture.code}`, CAPTURE_REFUSED);
          case 'compensated':
            throw refusal(REFUSALS.compensated, 'the order was called off');
        }
      }),

    refundPayment: (order) =>
      withOrderId(order.orderId, async () => {
        const { refunded, amount, paymentId, first } = await whenAskedToWait(() =>
          undoCharge(serviceForAttempt(), order),
        );
        const { orderId, currency } = order;
        if (first) tellRefund({ orderId, paymentId, amount, currency });
        return { refunded };
      }),

    refundPart: (request) =>
      withOrderId(request.orderId, async () => {
        const { first, ...answer } = await whenAskedToWait(() => refundPart(serviceForAttempt(), request));
        const { orderId, operationId, amount } = request;
        if (first) logger.info({ orderId, operationId, amount }, 'part of the payment refunded');
        return answer;
      }),
  };
}

/** Half of the worker's connections: charges need the others. */
const ASKED_AT_ONCE = 10;
/** Half of what the activity may take: what was not asked for by then is left to the next pass. */
const ASKED_WITHIN_MS = 5_000;
/** A provider that is asked charge by charge takes its time over a page; below the 10 s of the activity. */
const BOOKS_TIMEOUT_MS = 8_000;

type AnsweredPart = Awaited<ReturnType<PaymentReconciliation['giveBackParts']>>[number];

interface PaymentReconciliationSettings {
  prisma: PrismaClient;
  provider: PaymentProvider;
  logger: Logger;
}

/** What a reconciliation asks of the payment service: our books and the provider's. */
export function createPaymentReconciliation({
  prisma,
  provider,
  logger,
}: PaymentReconciliationSettings): PaymentReconciliation {
  const store = createPaymentStore(prisma);
  const { listOrderIds, paymentRecords, parts } = createPaymentReconciliationReader(prisma);
  const serviceForAttempt = () => ({ store, provider: withDeadline(provider) });
  return {
    listPaymentOrderIds: listOrderIds,
    paymentRecords,
    listLedgerOrderIds: ({ since, ...page }) =>
      withDeadline(provider, BOOKS_TIMEOUT_MS).list({ ...page, ...(since && { since: new Date(since) }) }),
    ledgerRecords: async (orderIds) =>
      (await withDeadline(provider, BOOKS_TIMEOUT_MS).entriesOf(orderIds)).map(toRecord),

    giveBackPayment: (order) =>
      withOrderId(order.orderId, async () => {
        const { payment, back: amount } = await undoAtProvider(serviceForAttempt(), order);
        const { orderId, currency } = order;
        logger.info({ orderId, paymentId: payment.id, amount, currency, status: payment.state }, 'payment reconciled');
        return { status: payment.state };
      }),

    recordPayment: (orderId) =>
      withOrderId(orderId, async () => {
        const status = await recordFromProvider(serviceForAttempt(), orderId);
        logger.info({ orderId, status }, 'payment reconciled');
        return { status };
      }),

    giveBackParts: (orderId) =>
      withOrderId(orderId, async () => {
        // One that hangs keeps nobody from asking for the others.
        const answerTo = async (part: RefundPartRequest): Promise<AnsweredPart['outcome']> => {
          try {
            return (await refundPart(serviceForAttempt(), part)).outcome;
          } catch (error) {
            logger.warn({ orderId, operationId: part.operationId, error }, 'part of the payment not reconciled');
            return 'unanswered';
          }
        };
        const all = await parts(orderId);
        const deadline = Date.now() + ASKED_WITHIN_MS;
        return inParallel(all, ASKED_AT_ONCE, async (part): Promise<AnsweredPart> => {
          const outcome = Date.now() < deadline ? await answerTo(part) : 'unanswered';
          const { operationId, amount } = part;
          logger.info({ orderId, operationId, amount, outcome }, 'part of the payment reconciled');
          return { ...part, outcome };
        });
      }),
  };
}

function toRecord({ idempotencyKey, changedAt, parts, ...entry }: ProviderEntry): LedgerRecord {
  const byId = parts.map((part) => ({ operationId: part.idempotencyKey, amount: part.amount }));
  byId.sort((one, other) => (one.operationId < other.operationId ? -1 : 1));
  return { orderId: idempotencyKey, ...entry, changedAt: changedAt.toISOString(), parts: byId };
}
