import type { PaymentProvider } from './payment-provider.js';
import type { OrderAmount, PaymentStore, RecordedUndo } from './payment-store.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';

export interface PaymentService {
  store: PaymentStore;
  provider: PaymentProvider;
}

/**
 * Undoes at the provider whatever there is to undo, and writes down what it was. The provider first: a mark in our
 * books alone would not stop a charge that is on its way. Dying in between is harmless, both can be done again.
 */
export async function undoAtProvider({ store, provider }: PaymentService, order: OrderAmount): Promise<RecordedUndo> {
  crashPoint('refund: before the provider');
  const answer = await provider.refund({ idempotencyKey: order.orderId });
  crashPoint('refund: provider answered');
  const recorded = answer.refunded ? await store.recordRefund(order, answer.chargeId) : await store.recordVoid(order);
  crashPoint('refund: recorded');
  // Never call money refunded that the provider says it never took, nor lost that it says it gave back.
  const { id, state } = recorded.payment;
  if (state === 'CHARGED' || (state === 'DECLINED' && answer.refunded)) {
    const providers = answer.refunded ? `has refunded charge ${answer.chargeId}` : 'knows of no charge';
    throw new Error(`the provider's books and ours differ: payment ${id} is ${state}, the provider ${providers}`);
  }
  return recorded;
}

/** `first`: it was this call that brought it about. `amount`, minor unit: what it then gave back. */
interface UndoOutcome {
  refunded: boolean;
  amount: number;
  paymentId: string;
  first: boolean;
}

/**
 * Gives back what is left of the charge, or lets go of what is held. Where neither was, it leaves a mark, here and at the
 * provider, that refuses a late charge.
 */
export async function undoCharge(service: PaymentService, order: OrderAmount): Promise<UndoOutcome> {
  const payment = await service.store.find(order.orderId);
  switch (payment?.state) {
    case undefined:
    case 'PENDING':
    case 'AUTHORISED':
    case 'CHARGED':
    // A charge that was on its way may have landed since, where the provider can't refuse it.
    case 'VOIDED':
      return toOutcome(await undoAtProvider(service, order));
    case 'DECLINED':
    case 'REFUNDED':
      return toOutcome({ payment, changed: false, back: 0 });
  }
}

function toOutcome({ payment, changed, back }: RecordedUndo): UndoOutcome {
  return { refunded: payment.state === 'REFUNDED', amount: back, paymentId: payment.id, first: changed };
}
