import type { Finding } from '../../../contracts/reconciliation.js';
import type { DeliveryState } from '../../../services/delivery/domain/delivery.js';
import type { RecordsOfOrder } from '../gather-records.js';
import { finding } from './finding.js';
import { stageOf } from './order-stage.js';

/** The carrier was asked, or has it. */
const ON_ITS_WAY: readonly DeliveryState[] = ['PENDING', 'STARTED', 'IN_TRANSIT'];

/** A step that the end of a delivery brings about, and that fails, asks for an operator before. */
const HEARD_WITHIN_MS = 10 * 60_000;

/** `now` in milliseconds since the epoch. */
export function compareDelivery({ orderId, order, workflow, delivery }: RecordsOfOrder, now: number): Finding[] {
  const state = delivery?.status as DeliveryState | undefined;
  const isOnItsWay = state !== undefined && ON_ITS_WAY.includes(state);
  if (order === undefined)
    return isOnItsWay || state === 'DELIVERED' ? [finding('delivery-without-order', orderId, `delivery ${state}`)] : [];

  const reported = delivery?.reported ?? [];
  const says = `order ${order.status}, delivery ${[state ?? 'none', ...reported].join(', ')}`;
  switch (stageOf(order).delivery) {
    case 'open': {
      const hasEnded = delivery !== undefined && (state === 'DELIVERED' || state === 'RETURNED');
      const waitsForTheCarrier =
        order.status === 'DELIVERY_STARTED' && (order.attentionStep ?? 'await-delivery') === 'await-delivery';
      if (workflow.state !== 'running' || !hasEnded || !waitsForTheCarrier) return [];
      return now - Math.max(Date.parse(delivery.updatedAt), Date.parse(order.updatedAt)) > HEARD_WITHIN_MS
        ? [finding('delivery-unheard', orderId, says, { repair: 'tell-order' })]
        : [];
    }
    case 'delivered':
      if (state !== 'DELIVERED') return [finding('not-delivered', orderId, says)];
      return reported.includes('returned') ? [finding('returned-but-completed', orderId, says)] : [];
    case 'undone':
      if (isOnItsWay) return [finding('still-delivering', orderId, says, { repair: 'call-off-delivery' })];
      return state === 'DELIVERED' || reported.includes('delivered')
        ? [finding('delivered-but-cancelled', orderId, says)]
        : [];
  }
}
