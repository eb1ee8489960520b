import type { PendingCharge } from '../../contracts/activities/payment-activities.js';
import type { Payment } from './domain/payment.js';
import { undoAtProvider, type PaymentService } from './undo-charge.js';
import type { ProviderAnswer } from './payment-provider.js';
import type { OrderAmount, PaymentStore, Recorded } from './payment-store.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';

/**
 * `first`: it was this call that brought it about, so that it is told of once. `refunded`, minor unit: what this call
 * gave back.
 */
type ChargeOutcome =
  | { outcome: 'charged'; paymentId: string; first: boolean }
  | { outcome: 'held'; paymentId: string; expiresAt: Date | undefined; first: boolean }
  | { outcome: 'declined'; paymentId: string; code: string; first: boolean }
  | { outcome: 'pending'; pending: PendingCharge }
  | { outcome: 'compensated'; paymentId: string; refunded: number };

/**
 * Charges an order once, however often and however concurrently it is called; with `hold` its money is only held, where
 * the method can be. The row comes before the provider is asked, so that a refund always finds what to undo, and so that
 * a later attempt knows that there was one before it.
 */
export async function chargeOrder(
  service: PaymentService,
  { method, hold = false, ...order }: OrderAmount & { method: string; hold?: boolean },
): Promise<ChargeOutcome> {
  const { store } = service;
  crashPoint('charge: before the row');
  const { payment, changed: firstAttempt } = await store.open(order, hold);
  // A charge that was on its way when the order was undone may have landed since, where the provider can't refuse it.
  if (payment.state === 'VOIDED') return calledOff(service, order);
  if (payment.state !== 'PENDING') return decided(payment, false);
  crashPoint('charge: row written');

  const answer = await chargeAtProvider(service, payment, { method, hold }, firstAttempt);
  crashPoint('charge: provider answered');
  if (answer.outcome === 'pending') {
    // Nothing is new in our books: the provider is asked, and its answer is not known.
    const { outcome, ...pending } = answer;
    return { outcome, pending };
  }
  // Whoever called it off may have died before it was written down; what it was the provider knows.
  if (answer.outcome === 'voided') return calledOff(service, order);
  const recorded = await record(store, order.orderId, answer);
  crashPoint('charge: recorded');
  const { state } = recorded.payment;
  const isThere = state === 'AUTHORISED' || state === 'CHARGED';
  // Called off while the provider was asked: the money must not stay there, and must not stay held.
  if (answer.outcome !== 'declined' && !isThere) return calledOff(service, order);
  return decided(recorded.payment, recorded.changed);
}

/**
 * What an earlier attempt brought about is asked for before anything else: a provider forgets idempotency keys sooner
 * or later (Stripe after a day), and an order may wait for longer. Where it knows of nothing, the key still keeps two
 * attempts at once from charging twice.
 */
async function chargeAtProvider(
  { provider }: PaymentService,
  { orderId, amount, currency }: Payment,
  { method, hold }: { method: string; hold: boolean },
  firstAttempt: boolean,
): Promise<ProviderAnswer> {
  const known = firstAttempt ? undefined : await provider.find({ idempotencyKey: orderId });
  if (known !== undefined && known.outcome !== 'none') return known;
  return provider.charge({ idempotencyKey: orderId, amount, currency, method, ...(hold && { capture: false }) });
}

async function calledOff(service: PaymentService, order: OrderAmount): Promise<ChargeOutcome> {
  const { payment, changed, back } = await undoAtProvider(service, order);
  return { outcome: 'compensated', paymentId: payment.id, refunded: changed ? back : 0 };
}

function decided(payment: Payment, first: boolean): ChargeOutcome {
  switch (payment.state) {
    case 'CHARGED':
      return { outcome: 'charged', paymentId: payment.id, first };
    case 'AUTHORISED':
      return { outcome: 'held', paymentId: payment.id, expiresAt: payment.holdExpiresAt, first };
    case 'DECLINED':
      return { outcome: 'declined', paymentId: payment.id, code: payment.declineCode ?? 'declined', first };
    case 'REFUNDED':
    case 'VOIDED':
      return { outcome: 'compensated', paymentId: payment.id, refunded: 0 };
    case 'PENDING':
      throw new Error(`payment ${payment.id} has no answer yet`);
  }
}

type Decided = Extract<ProviderAnswer, { outcome: 'charged' | 'held' | 'declined' }>;

/** Writes down what the provider has decided. */
function record(store: PaymentStore, orderId: string, answer: Decided): Promise<Recorded> {
  switch (answer.outcome) {
    case 'charged':
      return store.recordCharge(orderId, answer.chargeId);
    case 'held': {
      const { chargeId, expiresAt } = answer;
      return store.recordHold(orderId, chargeId, expiresAt === undefined ? null : new Date(expiresAt));
    }
    case 'declined':
      return store.recordDecline(orderId, answer.code);
  }
}

/** Writes down what became of a charge whose answer was never heard. Answers with the payment's state then. */
export async function recordFromProvider({ store, provider }: PaymentService, orderId: string): Promise<string> {
  const answer = await provider.find({ idempotencyKey: orderId });
  switch (answer.outcome) {
    case 'charged':
    case 'held':
    case 'declined':
      return (await record(store, orderId, answer)).payment.state;
    case 'pending':
    case 'voided':
    case 'none':
      return (await store.find(orderId))?.state ?? 'none';
  }
}
