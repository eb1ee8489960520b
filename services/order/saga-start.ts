import type { WorkflowStartOptions } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';

import { workflowIdOf } from '../../contracts/ids.js';
import type { Order } from '../../contracts/http/orders.js';
import type { OrderSagaInput, PlacedOrder, SagaTimes } from '../../contracts/order-saga.js';
import { WORKFLOW_TASK_TIMEOUT_MS } from '../../contracts/step-timeouts.js';
import { TASK_QUEUES } from '../../contracts/task-queues.js';
import { detailsOf, summaryOf } from './saga-summary.js';
import type { StoredOrder } from './stored-order.js';

type OrderSaga = (input: OrderSagaInput) => Promise<Order>;

export interface SagaSettings {
  times: SagaTimes;
  /** The workflow's own `initialSearchAttributes`: a service's body doesn't import workflows. */
  searchAttributesOf: (order: PlacedOrder) => SearchAttributePair[];
}

/**
 * How an order's workflow is started, by whoever comes first: the one that runs is used, and one that has ended is
 * never followed by a second.
 */
export function sagaStart({ order, paymentMethod }: StoredOrder, { times, searchAttributesOf }: SagaSettings) {
  return {
    workflowId: workflowIdOf(order.id),
    taskQueue: TASK_QUEUES.order,
    args: [{ order: placedOrder(order), paymentMethod, ...times }],
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT_MS,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    typedSearchAttributes: searchAttributesOf(order),
    staticSummary: summaryOf(order, paymentMethod),
    staticDetails: detailsOf(order),
  } satisfies WorkflowStartOptions<OrderSaga>;
}

export function placedOrder(order: Order): PlacedOrder {
  const { id, userId, userVerified, currency, totalPrice, lines, shippingAddress, createdAt } = order;
  return { id, userId, userVerified, currency, totalPrice, lines, shippingAddress, createdAt };
}
