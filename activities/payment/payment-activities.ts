import type { PaymentActivities } from '../../contracts/activities/payment-activities.js';
import { REFUSALS } from '../../contracts/refusals.js';
import type { PaymentDeclined } from '../../contracts/refusals.js';
import { withOrderId } from '../../platform/log-context.js';
import type { Logger } from '../../platform/logger.js';
import { chargeOrder } from '../../services/payment/charge-order.js';
import type { PaymentProvider } from '../../services/payment/payment-provider.js';
import type { PaymentStore } from '../../services/payment/payment-store.js';
import { withDeadline } from '../../services/payment/provider-deadline.js';
import { refundOrder } from '../../services/payment/refund-order.js';
import { refusal } from '../refusal.js';

export interface PaymentActivitiesSettings {
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
}: PaymentActivitiesSettings): PaymentActivities {
  const serviceForAttempt = () => ({ store, provider: withDeadline(provider, providerTimeoutMs) });
  return {
    chargePayment: ({ paymentMethod, ...order }) =>
      withOrderId(order.orderId, async () => {
        const { orderId, amount, currency } = order;
        const charge = await chargeOrder(serviceForAttempt(), { ...order, method: paymentMethod });
        switch (charge.outcome) {
          case 'charged':
            if (charge.first)
              logger.info({ orderId, paymentId: charge.paymentId, amount, currency }, 'payment completed');
            return { paymentId: charge.paymentId };
          case 'declined': {
            const { paymentId, code } = charge;
            if (charge.first) logger.info({ orderId, paymentId, code }, 'payment declined');
            throw refusal(REFUSALS.paymentDeclined, 'the payment was declined', {
              paymentId,
              code,
            } satisfies PaymentDeclined);
          }
          case 'compensated':
            if (charge.refunded)
              logger.info({ orderId, paymentId: charge.paymentId, amount, currency }, 'payment refunded');
            throw refusal(REFUSALS.compensated, 'the order was called off');
        }
      }),

    refundPayment: (order) =>
      withOrderId(order.orderId, async () => {
        const { refunded, paymentId, first } = await refundOrder(serviceForAttempt(), order);
        const { orderId, amount, currency } = order;
        if (refunded && first) logger.info({ orderId, paymentId, amount, currency }, 'payment refunded');
        return { refunded };
      }),
  };
}
