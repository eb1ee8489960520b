import type { Finding } from '../../../contracts/reconciliation.js';
import type { DeliveryState } from '../../../services/delivery/domain/delivery.js';
import type { RecordsOfOrder } from '../records-of-order.js';
import { finding } from './finding.js';
import { stageOf } from './order-stage.js';

/** The carrier was asked, or has it. */
const ON_ITS_WAY: readonly DeliveryState[] = ['PENDING', 'STARTED', 'IN_TRANSIT'];

export function compareDelivery({ orderId, order, delivery }: RecordsOfOrder): Finding[] {
  const state = delivery?.status as DeliveryState | undefined;
  const isOnItsWay = state !== undefined && ON_ITS_WAY.includes(state);
  if (order === undefined)
    return isOnItsWay || state === 'DELIVERED' ? [finding('delivery-without-order', orderId, `delivery ${state}`)] : [];

  const says = `order ${order.status}, delivery ${state ?? 'none'}`;
  switch (stageOf(order).delivery) {
    case 'open':
      return [];
    case 'delivered':
      return state === 'DELIVERED' ? [] : [finding('not-delivered', orderId, says)];
    case 'undone':
      if (isOnItsWay) return [finding('still-delivering', orderId, says, { repair: 'call-off-delivery' })];
      return state === 'DELIVERED' ? [finding('delivered-but-cancelled', orderId, says)] : [];
  }
}
