import type { Booking, Carrier } from './carrier.js';
import type { DeliveryOwner, DeliveryStore, Traced } from './delivery-store.js';
import type { Delivery } from './domain/delivery.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';

export interface DeliveryService {
  store: DeliveryStore;
  carrier: Carrier;
}

/** `first`: it was this call that brought it about, so that it is told of once. */
export type StartOutcome =
  | { outcome: 'started'; deliveryId: string; carrier: string; trackingNumber: string; first: boolean }
  | { outcome: 'refused'; code: string }
  | { outcome: 'compensated' };

/**
 * Hands an order to the carrier once, however often and however concurrently it is called. The row comes before the
 * carrier is asked, so that a calling off always finds what to call off; the reference makes booking again safe.
 */
export async function startDelivery(
  { store, carrier }: DeliveryService,
  { address, lines, ...owner }: DeliveryOwner & Traced & Pick<Booking, 'address' | 'lines'>,
): Promise<StartOutcome> {
  crashPoint('delivery: before the row');
  const delivery = await store.open(owner);
  if (delivery.state !== 'PENDING') return decided(delivery, false);
  crashPoint('delivery: row written');

  const answer = await carrier.book({ reference: delivery.id, address, lines });
  crashPoint('delivery: carrier answered');
  switch (answer.outcome) {
    case 'booked': {
      const recorded = await store.recordStart(owner.orderId, answer);
      crashPoint('delivery: recorded');
      const outcome = decided(recorded.delivery, recorded.changed);
      // Called off while the carrier was asked: nothing may be on its way.
      if (outcome.outcome !== 'started') await cancelAtCarrier(carrier, delivery.id);
      return outcome;
    }
    case 'refused':
      return decided((await store.recordRefusal(owner.orderId, answer.code)).delivery, false);
    case 'called-off':
      // Whoever called it off may have died before it was written down.
      return decided((await store.recordCallOff(owner.orderId)).delivery, false);
  }
}

async function cancelAtCarrier(carrier: Carrier, reference: string): Promise<void> {
  const { outcome } = await carrier.cancel({ reference });
  if (outcome === 'already-delivered') throw new Error(`the carrier delivered ${reference}, which was called off`);
}

function decided(delivery: Delivery, first: boolean): StartOutcome {
  switch (delivery.state) {
    case 'STARTED':
    case 'IN_TRANSIT':
    case 'DELIVERED':
    case 'RETURNED': {
      const { id, carrier, trackingNumber } = delivery;
      if (carrier === undefined || trackingNumber === undefined)
        throw new Error(`delivery ${id} is ${delivery.state} without a tracking number`);
      return { outcome: 'started', deliveryId: id, carrier, trackingNumber, first };
    }
    case 'REFUSED':
      return { outcome: 'refused', code: delivery.refusalCode ?? 'refused' };
    case 'VOIDED':
    case 'CANCELLED':
      return { outcome: 'compensated' };
    case 'PENDING':
      throw new Error(`delivery ${delivery.id} has no answer yet`);
    default:
      return delivery.state satisfies never;
  }
}
