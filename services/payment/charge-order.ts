import type { Payment } from './domain/payment.js';
import { giveBack } from './give-back.js';
import type { PaymentService } from './give-back.js';
import type { OrderAmount } from './payment-store.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';

/** `first`: it was this call that brought it about, so that it is told of once. */
export type ChargeOutcome =
  | { outcome: 'charged'; paymentId: string; first: boolean }
  | { outcome: 'declined'; paymentId: string; code: string; first: boolean }
  | { outcome: 'compensated' };

/**
 * Charges an order once, however often and however concurrently it is called. The row comes before the provider is
 * asked, so that a refund always finds what to undo; the provider's idempotency key makes asking again safe.
 */
export async function chargeOrder(
  service: PaymentService,
  { method, ...order }: OrderAmount & { method: string },
): Promise<ChargeOutcome> {
  const { store, provider } = service;
  crashPoint('charge: before the row');
  const payment = await store.open(order);
  if (payment.state !== 'PENDING') return decided(payment, false);
  crashPoint('charge: row written');

  const answer = await provider.charge({
    idempotencyKey: order.orderId,
    amount: payment.amount,
    currency: payment.currency,
    method,
  });
  crashPoint('charge: provider answered');
  switch (answer.outcome) {
    case 'charged': {
      const recorded = await store.recordCharge(order.orderId, answer.chargeId);
      crashPoint('charge: recorded');
      // Called off while the provider was asked: the money must not stay there.
      if (recorded.payment.state !== 'CHARGED') await giveBack(service, order);
      return decided(recorded.payment, recorded.changed);
    }
    case 'declined': {
      const recorded = await store.recordDecline(order.orderId, answer.code);
      crashPoint('charge: recorded');
      return decided(recorded.payment, recorded.changed);
    }
    case 'voided':
      // Whoever called it off may have died before it was written down; what it was the provider knows.
      await giveBack(service, order);
      return { outcome: 'compensated' };
  }
}

function decided(payment: Payment, first: boolean): ChargeOutcome {
  switch (payment.state) {
    case 'CHARGED':
      return { outcome: 'charged', paymentId: payment.id, first };
    case 'DECLINED':
      return { outcome: 'declined', paymentId: payment.id, code: payment.declineCode ?? 'declined', first };
    case 'REFUNDED':
    case 'VOIDED':
      return { outcome: 'compensated' };
    case 'PENDING':
      throw new Error(`payment ${payment.id} has no answer yet`);
  }
}
