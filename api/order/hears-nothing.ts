import type { Order } from '../../contracts/http/orders.js';
import type { Stall } from '../../contracts/saga-steps.js';

const UNHEARING: readonly string[] = ['WorkflowTaskFails', 'WorkflowTaskWaits', 'WorkflowNotStarted'] satisfies Stall[];

/** Its workflow is there, or will be, but answers nobody: seen from outside. */
export function hearsNothing({ attention }: Order): boolean {
  return attention?.step === 'saga' && UNHEARING.includes(attention.error);
}
