import { proxyActivities } from '@temporalio/workflow';
import type {
  RefundPartActivities,
  RefundPartAnswer,
  RefundPartRequest,
} from '../../contracts/activities/payment-activities.js';
import { HEARTBEAT_TIMEOUT_MS, STEPS, STEP_RETRY } from '../../contracts/saga-steps.js';
import { TASK_QUEUES } from '../../contracts/services.js';
import { retryPolicyOf } from './step-activities.js';

const payment = proxyActivities<RefundPartActivities>({
  summary: 'give a part of the charge back',
  taskQueue: TASK_QUEUES.payment,
  startToCloseTimeout: STEPS['refund-payment'].startToCloseMs,
  heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
  retry: retryPolicyOf(STEP_RETRY),
});

/** Gives a part of an order's charge back, however long the provider is away. Beside the order's Saga, which knows nothing of it. */
export async function refundPart(request: RefundPartRequest): Promise<RefundPartAnswer> {
  return payment.refundPart(request);
}
