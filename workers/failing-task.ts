import type { WorkflowService } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';

const { EventType } = proto.temporal.api.enums.v1;

/** A task that failed once may have been unlucky; one that failed again will go on failing. */
const ATTEMPTS_OF_A_FAILING_TASK = 3;

/** One that runs out of time may do so for the machine is busy; but not for ever. */
const ATTEMPTS_OF_A_SLOW_TASK = 10;

interface Where {
  service: WorkflowService;
  namespace: string;
}

/** How the workflow task of an execution fails again and again, in words; undefined where it doesn't. */
export async function failureOfTask(
  where: Where,
  execution: temporal.api.common.v1.IWorkflowExecution,
  task: temporal.api.workflow.v1.IPendingWorkflowTaskInfo | null | undefined,
): Promise<string | undefined> {
  const attempts = task?.attempt ?? 0;
  if (attempts >= ATTEMPTS_OF_A_SLOW_TASK) return `its workflow task was tried ${attempts} times`;
  if (attempts < ATTEMPTS_OF_A_FAILING_TASK || !(await failedLast(where, execution))) return undefined;
  return `its workflow task failed ${attempts - 1} times`;
}

/** Whether the newest workflow task in the history failed; only the first of several in a row is written there. */
async function failedLast(
  { service, namespace }: Where,
  execution: temporal.api.common.v1.IWorkflowExecution,
): Promise<boolean> {
  const { history } = await service.getWorkflowExecutionHistoryReverse({ namespace, execution, maximumPageSize: 50 });
  const ends = [EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED, EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT];
  const last = history?.events?.find(({ eventType }) => ends.some((type) => type === eventType));
  return last?.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED;
}
