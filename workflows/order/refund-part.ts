import { proxyActivities } from '@temporalio/workflow';
import type { RefundRecord } from '../../contracts/activities/order-activities.js';
import type {
  RefundPartActivities,
  RefundPartAnswer,
  RefundPartRequest,
} from '../../contracts/activities/payment-activities.js';
import { HEARTBEAT_TIMEOUT_MS, RECORD_TIMEOUTS, STEPS, STEP_RETRY } from '../../contracts/saga-steps.js';
import { TASK_QUEUES } from '../../contracts/services.js';
import { retryPolicyOf } from './step-activities.js';

const payment = proxyActivities<RefundPartActivities>({
  summary: 'give a part of the charge back',
  taskQueue: TASK_QUEUES.payment,
  startToCloseTimeout: STEPS['refund-payment'].startToCloseMs,
  heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
  retry: retryPolicyOf(STEP_RETRY),
});

const order = proxyActivities<RefundRecord>({
  summary: 'tell the order, and its customer, that it went back',
  taskQueue: TASK_QUEUES.order,
  startToCloseTimeout: RECORD_TIMEOUTS.regular.startToCloseMs,
  retry: retryPolicyOf(RECORD_TIMEOUTS.regular.retry),
});

/** Gives a part of an order's charge back, however long the provider is away. Beside the order's Saga, which knows nothing of it. */
export async function refundPart(request: RefundPartRequest): Promise<RefundPartAnswer> {
  const answer = await payment.refundPart(request);
  if (answer.outcome === 'refunded') await order.recordRefund(request);
  return answer;
}
