import type { DeliveryRequest, DeliveryActivities } from '../../contracts/activities/delivery-activities.js';
import type { StockRequest, InventoryActivities } from '../../contracts/activities/inventory-activities.js';
import type { ChargeRequest, RefundRequest, PaymentActivities } from '../../contracts/activities/payment-activities.js';
import type { OrderSagaInput } from '../../contracts/order-saga.js';
import type { PlacedOrder } from '../../contracts/http/orders.js';
import { proxyActivities } from '@temporalio/workflow';
import {
  STEPS,
  type Compensation,
  type SagaStep,
  HEARTBEAT_TIMEOUT_MS,
  STEP_RETRY,
} from '../../contracts/saga-steps.js';
import { TASK_QUEUES } from '../../contracts/services.js';

/** In ascending product id: everybody who locks several products locks them in one order. */
export function stockOf({ id, lines }: Pick<PlacedOrder, 'id'> & Pick<StockRequest, 'lines'>): StockRequest {
  const wanted = lines.map(({ productId, quantity }) => ({ productId, quantity }));
  return { orderId: id, lines: wanted.sort((a, b) => a.productId - b.productId) };
}

type Charged = Pick<PlacedOrder, 'id' | 'userId' | 'totalPrice' | 'currency'>;

export function chargeOf({ order, paymentMethod }: OrderSagaInput): ChargeRequest {
  return { ...refundOf(order), paymentMethod, mayBePending: true };
}

export function refundOf({ id, userId, totalPrice, currency }: Charged): RefundRequest {
  return { orderId: id, userId, amount: totalPrice, currency };
}

export function deliveryOf({ id, userId, shippingAddress, lines }: PlacedOrder): DeliveryRequest {
  return {
    orderId: id,
    userId,
    shippingAddress,
    lines: lines.map(({ productId, productName, quantity }) => ({ productId, productName, quantity })),
  };
}

/** In Temporal's words. */
export const retryPolicyOf = ({ initialIntervalMs, backoffCoefficient, maximumIntervalMs }: typeof STEP_RETRY) => ({
  initialInterval: initialIntervalMs,
  backoffCoefficient,
  maximumInterval: maximumIntervalMs,
});

/**
 * The other services' parts of the Saga. Each is tried again by the server until it succeeds or is refused, at the
 * longest for `attentionAfterMs`. One that is under way when the order is undone is heard out (a few seconds, its
 * start-to-close): what it did is then known.
 */
export function stepActivities(attentionAfterMs: number) {
  const of = <Activities extends object>(step: SagaStep) => {
    const { service, summary, startToCloseMs } = STEPS[step];
    return proxyActivities<Activities>({
      summary: `${step}: ${summary}`,
      taskQueue: TASK_QUEUES[service],
      startToCloseTimeout: startToCloseMs,
      heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
      scheduleToCloseTimeout: attentionAfterMs,
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      retry: retryPolicyOf(STEP_RETRY),
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
    capturePayment: of<PaymentActivities>('capture-payment').capturePayment,
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

/** What undoes each step: harmless where the step never happened. */
export function compensationsOf(
  services: ReturnType<typeof stepActivities>,
  order: PlacedOrder,
): Record<Compensation, () => Promise<unknown>> {
  return {
    'cancel-delivery': () => services.cancelDelivery({ orderId: order.id, userId: order.userId }),
    'refund-payment': () => services.refundPayment(refundOf(order)),
    'release-stock': () => services.releaseStock(stockOf(order)),
  };
}
