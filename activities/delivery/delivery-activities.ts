import type { DeliveryActivities } from '../../contracts/activities/delivery-activities.js';
import { REFUSALS, type DeliveryRefused } from '../../contracts/refusals.js';
import { withOrderId } from '../../platform/log-context.js';
import type { Logger } from '../../platform/logger.js';
import { activeTraceparent } from '../../platform/telemetry/trace-context.js';
import { cancelDelivery } from '../../services/delivery/cancel-delivery.js';
import type { Carrier } from '../../services/delivery/carrier.js';
import type { DeliveryStore } from '../../services/delivery/delivery-store.js';
import { startDelivery } from '../../services/delivery/start-delivery.js';
import { refusal } from '../refusal.js';
import type { DeliveryReconciliation } from '../../contracts/activities/reconciliation.js';
import type { PrismaClient } from '../../services/delivery/prisma/generated/client.js';
import { createDeliveryReconciliationReader } from '../../services/delivery/delivery-reader.js';

interface DeliveryActivitiesSettings {
  store: DeliveryStore;
  carrier: Carrier;
  logger: Logger;
}

/** The delivery service's part of the Saga. A refusal is a non-retryable failure of a type in contracts/refusals.ts. */
export function createDeliveryActivities({ store, carrier, logger }: DeliveryActivitiesSettings): DeliveryActivities {
  const service = { store, carrier };
  return {
    startDelivery: ({ orderId, userId, shippingAddress, lines }) =>
      withOrderId(orderId, async () => {
        const traceparent = activeTraceparent();
        const start = await startDelivery(service, { orderId, userId, address: shippingAddress, lines, traceparent });
        switch (start.outcome) {
          case 'started': {
            const { deliveryId, trackingNumber } = start;
            if (start.first) logger.info({ orderId, deliveryId, trackingNumber }, 'delivery started');
            // What has just begun, nothing was said of.
            const reports = start.first ? [] : await store.reportsOf(orderId);
            return { deliveryId, carrier: start.carrier, trackingNumber, reports };
          }
          case 'refused':
            throw refusal(REFUSALS.deliveryRefused, 'the carrier refused the delivery', {
              code: start.code,
            } satisfies DeliveryRefused);
          case 'compensated':
            throw refusal(REFUSALS.compensated, 'the order was called off');
        }
      }),

    cancelDelivery: (owner) =>
      withOrderId(owner.orderId, async () => {
        if ((await cancelDelivery(service, owner)) === 'already-delivered')
          throw refusal(REFUSALS.alreadyDelivered, 'the order was delivered already');
      }),

    carrierReports: ({ orderId }) => withOrderId(orderId, () => store.reportsOf(orderId)),
  };
}

/** What a reconciliation asks of the delivery service. */
export function createDeliveryReconciliation(prisma: PrismaClient): DeliveryReconciliation {
  const { listOrderIds, deliveryRecords } = createDeliveryReconciliationReader(prisma);
  return { listDeliveryOrderIds: listOrderIds, deliveryRecords };
}
