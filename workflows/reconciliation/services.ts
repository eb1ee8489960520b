import { proxyActivities } from '@temporalio/workflow';
import type {
  DeliveryReconciliation,
  OrderReconciliation,
  PaymentReconciliation,
  StockReconciliation,
} from '../../contracts/activities/reconciliation.js';
import { TASK_QUEUES } from '../../contracts/task-queues.js';

/** A service that is away for longer ends the reconciliation: what can't be compared is not said to be right. */
const options = {
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '2 minutes',
  retry: { initialInterval: '200 ms', maximumInterval: '5 s' },
  // The lowest: whatever an order waits for goes first.
  priority: { priorityKey: 5 },
} as const;

/** Each service answers for its own records. */
export const order = proxyActivities<OrderReconciliation>({ taskQueue: TASK_QUEUES.order, ...options });
export const stock = proxyActivities<StockReconciliation>({ taskQueue: TASK_QUEUES.inventory, ...options });
export const payment = proxyActivities<PaymentReconciliation>({ taskQueue: TASK_QUEUES.payment, ...options });
export const delivery = proxyActivities<DeliveryReconciliation>({ taskQueue: TASK_QUEUES.delivery, ...options });
