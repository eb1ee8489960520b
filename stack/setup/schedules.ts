import { Client, Connection, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { RECONCILIATION, RECONCILIATION_SCHEDULE } from '../../contracts/reconciliation.js';
import { TASK_QUEUES } from '../../contracts/task-queues.js';

/**
 * Has Temporal run a reconciliation every so often, which follows what changed, reports and repairs nothing. Harmless to repeat; a schedule
 * that an operator has paused stays paused. Without an argument, so no key is needed to encrypt one.
 */
export async function scheduleReconciliation(settings: {
  address: string;
  namespace: string;
  everyMs: number;
}): Promise<void> {
  const connection = await Connection.connect({ address: settings.address });
  const { schedule } = new Client({ connection, namespace: settings.namespace });
  const plan = {
    spec: { intervals: [{ every: settings.everyMs }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: RECONCILIATION,
      workflowId: RECONCILIATION,
      taskQueue: TASK_QUEUES.order,
      priority: { priorityKey: 5 },
      // One that can't go on must not keep all that follow from starting. Of a run, which is a few pages: a look at everything takes many.
      workflowRunTimeout: '1 day' as const,
    },
    // One that takes longer than that is not joined by a second.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' as const },
  };
  try {
    await schedule.create({ scheduleId: RECONCILIATION_SCHEDULE, ...plan });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await schedule.getHandle(RECONCILIATION_SCHEDULE).update(({ state }) => ({ ...plan, state }));
  } finally {
    await connection.close();
  }
}
