import type { LedgerRecord, PaymentReconciliation } from '../../contracts/activities/reconciliation.js';
import { withOrderId } from '../../platform/log-context.js';
import type { Logger } from '../../platform/logger.js';
import { giveBack } from '../../services/payment/give-back.js';
import type { PaymentProvider, ProviderEntry } from '../../services/payment/payment-provider.js';
import { createPaymentStore } from '../../services/payment/payment-store.js';
import type { PrismaClient } from '../../services/payment/prisma/generated/client.js';
import { withDeadline } from '../../services/payment/provider-deadline.js';
import { createPaymentReconciliationReader } from '../../services/payment/reconciliation-reader.js';
import { recordFromProvider } from '../../services/payment/record-from-provider.js';

export interface PaymentReconciliationSettings {
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
  const { listOrderIds, paymentRecords } = createPaymentReconciliationReader(prisma);
  const serviceForAttempt = () => ({ store, provider: withDeadline(provider) });
  return {
    listPaymentOrderIds: listOrderIds,
    paymentRecords,
    listLedgerOrderIds: async ({ since, ...page }) =>
      (await withDeadline(provider).list({ ...page, ...(since && { since: new Date(since) }) })).map(
        ({ idempotencyKey }) => idempotencyKey,
      ),
    ledgerRecords: async (orderIds) => (await withDeadline(provider).entriesOf(orderIds)).map(toRecord),

    giveBackPayment: (order) =>
      withOrderId(order.orderId, async () => {
        const { payment } = await giveBack(serviceForAttempt(), order);
        const { orderId, amount, currency } = order;
        logger.info({ orderId, paymentId: payment.id, amount, currency, status: payment.state }, 'payment reconciled');
        return { status: payment.state };
      }),

    recordPayment: (orderId) =>
      withOrderId(orderId, async () => {
        const status = await recordFromProvider(serviceForAttempt(), orderId);
        logger.info({ orderId, status }, 'payment reconciled');
        return { status };
      }),
  };
}

function toRecord({ idempotencyKey, chargeId, amount, currency, status }: ProviderEntry): LedgerRecord {
  return { orderId: idempotencyKey, chargeId, amount, currency, status };
}
