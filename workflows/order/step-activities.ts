import { proxyActivities } from '@temporalio/workflow';
import type { DeliveryActivities } from '../../contracts/activities/delivery-activities.js';
import type { InventoryActivities } from '../../contracts/activities/inventory-activities.js';
import type { ChargeRequest, PaymentActivities } from '../../contracts/activities/payment-activities.js';
import type { AttentionStep, SagaStep } from '../../contracts/saga-steps.js';
import { HEARTBEAT_TIMEOUT_MS, STEP_TIMEOUTS } from '../../contracts/step-timeouts.js';
import { TASK_QUEUES } from '../../contracts/task-queues.js';

/** Who performs each step, and whom an order waits for. */
export const PERFORMED_BY = {
  'reserve-stock': 'inventory',
  'charge-payment': 'payment',
  'start-delivery': 'delivery',
  'commit-stock': 'inventory',
  'cancel-delivery': 'delivery',
  'refund-payment': 'payment',
  'release-stock': 'inventory',
  'await-delivery': 'delivery',
  'record-progress': 'order',
} as const satisfies Record<AttentionStep, keyof typeof TASK_QUEUES>;

/** Beside each activity in the Web UI. */
const SUMMARIES: Record<SagaStep, string> = {
  'reserve-stock': 'reserve-stock: hold the units of all lines, or of none',
  'charge-payment': 'charge-payment: charge the total, once',
  'start-delivery': 'start-delivery: hand the parcel to the carrier, once',
  'commit-stock': 'commit-stock: delivered, the units leave the books',
  'cancel-delivery': 'cancel-delivery: call the parcel off, if the carrier still can',
  'refund-payment': 'refund-payment: give the charge back, if there was one',
  'release-stock': 'release-stock: give the units back, if they were held',
};

/**
 * The other services' parts of the Saga. Each is tried again by the server until it succeeds or is refused, at the
 * longest for `attentionAfterMs`. One that is under way when the order is undone is heard out (a few seconds, its
 * start-to-close): what it did is then known.
 */
export function stepActivities(attentionAfterMs: number) {
  const of = <Activities extends object>(step: SagaStep) => {
    const { startToCloseMs, retry } = STEP_TIMEOUTS[step];
    return proxyActivities<Activities>({
      summary: SUMMARIES[step],
      taskQueue: TASK_QUEUES[PERFORMED_BY[step]],
      startToCloseTimeout: startToCloseMs,
      heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
      scheduleToCloseTimeout: attentionAfterMs,
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      retry: {
        initialInterval: retry.initialIntervalMs,
        backoffCoefficient: retry.backoffCoefficient,
        maximumInterval: retry.maximumIntervalMs,
      },
    });
  };
  const { chargePayment } = of<PaymentActivities>('charge-payment');
  const { startDelivery, carrierReports } = of<DeliveryActivities>('start-delivery');
  return {
    reserveStock: of<InventoryActivities>('reserve-stock').reserveStock,
    /** `until`: milliseconds since the epoch. */
    chargePaymentUntil: (until: number, request: ChargeRequest) => {
      const leftMs = Math.max(until - Date.now(), 1);
      return chargePayment.executeWithOptions({ scheduleToCloseTimeout: Math.min(attentionAfterMs, leftMs) }, [
        request,
      ]);
    },
    startDelivery,
    /** In vain for as long as the others; then it is asked again when it is due. */
    carrierReports: (request: { orderId: string }) =>
      carrierReports.executeWithOptions(
        { summary: 'asks what the carrier has said of the parcel', cancellationType: 'TRY_CANCEL' },
        [request],
      ),
    commitStock: of<InventoryActivities>('commit-stock').commitStock,
    cancelDelivery: of<DeliveryActivities>('cancel-delivery').cancelDelivery,
    refundPayment: of<PaymentActivities>('refund-payment').refundPayment,
    releaseStock: of<InventoryActivities>('release-stock').releaseStock,
  };
}
