import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { DeliveryUpdate } from '../../contracts/activities/delivery-activities.js';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { deliveryUpdate } from '../../workflows/order/messages.js';

/** `closed`: the order's Saga is over, so it needs to hear of nothing. Rejects when Temporal has not taken the signal. */
export type SignalSaga = (orderId: string, update: DeliveryUpdate) => Promise<'taken' | 'closed'>;

/** Below the time that a carrier waits for its answer. */
const SIGNAL_TIMEOUT_MS = 2_000;

export function createSagaSignal(client: Client): SignalSaga {
  return async (orderId, update) => {
    try {
      const handle = client.workflow.getHandle(workflowIdOf(orderId));
      await client.withDeadline(Date.now() + SIGNAL_TIMEOUT_MS, () => handle.signal(deliveryUpdate, update));
      return 'taken';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'closed';
      throw error;
    }
  };
}
