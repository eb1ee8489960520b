import type { DeliveryOwner } from './delivery-store.js';
import { isFinal } from './domain/delivery.js';
import type { Delivery } from './domain/delivery.js';
import type { DeliveryService } from './start-delivery.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';

/** `already-delivered`: the goods are with the customer, so nothing may be undone. */
export type CancelOutcome = 'cancelled' | 'already-delivered';

/** Calls a delivery off; where it never started, leaves a mark, here and at the carrier, that refuses a late start. */
export async function cancelDelivery(
  { store, carrier }: DeliveryService,
  owner: DeliveryOwner,
): Promise<CancelOutcome> {
  // Without a row the carrier was never asked, and with the mark it never will be.
  crashPoint('call off: before the row');
  const delivery = await store.openVoided(owner);
  if (isFinal(delivery.state)) return outcomeOf(delivery);

  crashPoint('call off: row written');
  const answer = await carrier.cancel({ reference: delivery.id });
  crashPoint('call off: carrier answered');
  if (answer.outcome === 'already-delivered') {
    // The starter may have died before it wrote the booking down; without it the carrier's reports would be refused.
    await store.recordStart(owner.orderId, answer);
    return 'already-delivered';
  }
  const { delivery: calledOff } = await store.recordCallOff(owner.orderId);
  crashPoint('call off: recorded');
  return outcomeOf(calledOff);
}

function outcomeOf(delivery: Delivery): CancelOutcome {
  switch (delivery.state) {
    case 'DELIVERED':
      return 'already-delivered';
    case 'CANCELLED':
    case 'VOIDED':
    case 'RETURNED':
    case 'REFUSED':
      return 'cancelled';
    case 'PENDING':
    case 'STARTED':
    case 'IN_TRANSIT':
      throw new Error(`delivery ${delivery.id} is still ${delivery.state} after it was called off`);
    default:
      return delivery.state satisfies never;
  }
}
