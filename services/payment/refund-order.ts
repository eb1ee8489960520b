import { giveBack } from './give-back.js';
import type { PaymentService } from './give-back.js';
import type { OrderAmount, Recorded } from './payment-store.js';

/** `first`: it was this call that brought it about. */
export interface RefundOutcome {
  refunded: boolean;
  paymentId: string;
  first: boolean;
}

/** Gives the whole charge back; where nothing was charged, leaves a mark, here and at the provider, that refuses a late charge. */
export async function refundOrder(service: PaymentService, order: OrderAmount): Promise<RefundOutcome> {
  const payment = await service.store.find(order.orderId);
  switch (payment?.state) {
    case undefined:
    case 'PENDING':
    case 'CHARGED':
    // A charge that was on its way may have landed since, where the provider can't refuse it.
    case 'VOIDED':
      return toOutcome(await giveBack(service, order));
    case 'DECLINED':
    case 'REFUNDED':
      return toOutcome({ payment, changed: false });
  }
}

function toOutcome({ payment, changed }: Recorded): RefundOutcome {
  return { refunded: payment.state === 'REFUNDED', paymentId: payment.id, first: changed };
}
