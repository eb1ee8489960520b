import { proxyActivities } from '@temporalio/workflow';
import type { RestockActivities } from '../../contracts/activities/inventory-activities.js';
import type { RefundRecord } from '../../contracts/activities/order-activities.js';
import type { RefundPartActivities } from '../../contracts/activities/payment-activities.js';
import type { OrderRefund, OrderRefundAnswer } from '../../contracts/order-saga.js';
import { HEARTBEAT_TIMEOUT_MS, RECORD_TIMEOUTS, STEPS, STEP_RETRY } from '../../contracts/saga-steps.js';
import { TASK_QUEUES } from '../../contracts/services.js';
import { retryPolicyOf } from './step-activities.js';

const untilDone = {
  heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
  retry: retryPolicyOf(STEP_RETRY),
};

const payment = proxyActivities<RefundPartActivities>({
  summary: 'give a part of the charge back',
  taskQueue: TASK_QUEUES.payment,
  startToCloseTimeout: STEPS['refund-payment'].startToCloseMs,
  ...untilDone,
});

const order = proxyActivities<RefundRecord>({
  summary: 'tell the order, and its customer, that it went back',
  taskQueue: TASK_QUEUES.order,
  startToCloseTimeout: RECORD_TIMEOUTS.regular.startToCloseMs,
  retry: retryPolicyOf(RECORD_TIMEOUTS.regular.retry),
});

const stock = proxyActivities<RestockActivities>({
  summary: 'put its goods back into stock',
  taskQueue: TASK_QUEUES.inventory,
  startToCloseTimeout: STEPS['release-stock'].startToCloseMs,
  ...untilDone,
});

/**
 * Gives a part of an order's charge back, however long the provider is away, and then its goods to stock. Beside the order's
 * Saga, which knows nothing of it. The goods are looked at before the money moves; they are an operation of their own.
 */
export async function refundPart({ restock: lines, ...request }: OrderRefund): Promise<OrderRefundAnswer> {
  const { operationId, orderId } = request;
  const goods = lines && { operationId, orderId, lines };
  const short = goods && (await stock.restockShort(goods));
  if (short) return { outcome: 'restock-too-much', ...short };

  const answer = await payment.refundPart(request);
  if (answer.outcome === 'refunded') await order.recordRefund(request);
  if (answer.outcome !== 'refunded' || goods === undefined) return answer;

  const { restocked } = await stock.restock(goods);
  await order.recordRestock({ ...goods, restocked });
  return { ...answer, restocked };
}
