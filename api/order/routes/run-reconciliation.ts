import { ScheduleOverlapPolicy } from '@temporalio/client';
import { orderOperations } from '../../../contracts/http/order-operations.js';
import { RECONCILIATION_SCHEDULE } from '../../../contracts/reconciliation.js';
import { handle, reply } from '../../http/handle.js';
import type { OrderContext } from '../service.js';
import { askTemporal, lastReconciliation } from './get-reconciliation.js';

/** By the schedule, which knows whether one runs that it began: then this changes nothing. */
export const runReconciliation = (context: OrderContext) =>
  handle(orderOperations.runReconciliation, () =>
    askTemporal(context, async () => {
      const schedule = context.temporal.schedule.getHandle(RECONCILIATION_SCHEDULE);
      await schedule.trigger(ScheduleOverlapPolicy.SKIP);
      return reply(202, await lastReconciliation(context), { Location: '/reconciliation' });
    }),
  );
