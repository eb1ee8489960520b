import { crashPoint } from '../../platform/crash-points/crash-point.js';
import type { Payment } from './domain/payment.js';
import type { ProviderCapture } from './payment-provider.js';
import { captureIdOf, type OrderAmount, type Recorded } from './payment-store.js';
import { undoAtProvider, type PaymentService } from './undo-charge.js';

/** `first`: it was this call that brought it about. `refused`: nothing was taken, and asking again is allowed. */
type CaptureOutcome =
  | { outcome: 'captured'; paymentId: string; first: boolean }
  | { outcome: 'refused'; code: string }
  | { outcome: 'compensated' };

/**
 * Takes what is held for an order, once, however often and however concurrently it is called, and from any run of its
 * Saga. Never more than is held, and never after it was called off: our row moves only from AUTHORISED, the provider's
 * hold is taken or let go of once.
 */
export async function captureOrder(service: PaymentService, order: OrderAmount): Promise<CaptureOutcome> {
  const { store } = service;
  crashPoint('capture: before the row');
  const payment = await store.find(order.orderId);
  // Also of a charge that an operator settled elsewhere: what is held here is not known, so it is for them to say.
  if (payment === undefined || payment.state === 'PENDING') return { outcome: 'refused', code: 'nothing_held' };
  if (payment.state !== 'AUTHORISED') return decided({ payment, changed: false });
  const { first } = await store.openCapture(order.orderId);
  crashPoint('capture: row written');

  const answer = await captureAtProvider(service, payment, first);
  crashPoint('capture: provider answered');
  if (answer.outcome === 'refused') {
    const refused = await store.recordCaptureRefused(order.orderId, answer.code);
    crashPoint('capture: recorded');
    // Called off meanwhile, or captured by another attempt.
    return refused.payment.state === 'AUTHORISED' ? answer : decided(refused);
  }
  const recorded = await store.recordCharge(order.orderId, answer.chargeId);
  crashPoint('capture: recorded');
  // Called off while the provider was asked, by one that found nothing to give back: the money must not stay there.
  if (recorded.payment.state === 'VOIDED') await undoAtProvider(service, order);
  return decided(recorded);
}

/** What an earlier attempt brought about is asked for first, as with a charge: a provider forgets keys. */
async function captureAtProvider(
  { provider }: PaymentService,
  { orderId, amount }: Payment,
  first: boolean,
): Promise<ProviderCapture> {
  const known = first ? undefined : await provider.find({ idempotencyKey: orderId });
  if (known?.outcome === 'charged') return { outcome: 'captured', chargeId: known.chargeId };
  return provider.capture({ idempotencyKey: captureIdOf(orderId), chargeKey: orderId, amount });
}

function decided({ payment, changed }: Recorded): CaptureOutcome {
  switch (payment.state) {
    case 'CHARGED':
      return { outcome: 'captured', paymentId: payment.id, first: changed };
    case 'REFUNDED':
    case 'VOIDED':
      return { outcome: 'compensated' };
    case 'DECLINED':
    case 'AUTHORISED':
    case 'PENDING':
      return { outcome: 'refused', code: 'nothing_held' };
  }
}
