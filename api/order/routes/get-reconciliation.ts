import type { Client, WorkflowExecutionStatusName, WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { z } from 'zod';
import { orderOperations } from '../../../contracts/http/order-operations.js';
import type { reconciliationSchema } from '../../../contracts/http/reconciliation.js';
import { RECONCILIATION_SCHEDULE, type ReconciliationReport } from '../../../contracts/reconciliation.js';
import { untilDeadline } from '../../../platform/temporal/client.js';
import { reconciliationProgress } from '../../../workflows/reconciliation/messages.js';
import { handle } from '../../http/handle.js';
import { badGateway } from '../../http/problem.js';
import type { OrderContext } from '../service.js';
import { errorMessage } from '../../../platform/error-message.js';

type Context = Pick<OrderContext, 'temporal' | 'logger'>;
type Reconciliation = z.output<typeof reconciliationSchema>;
type Run = NonNullable<Reconciliation['run']>;

/**
 * For all that is asked. Temporal's own worker keeps the schedule; where that has just let go of it, an answer takes the
 * 5 s after which the server asks it anew (its sticky schedule-to-start timeout; temporalio/temporal, pull request 2811).
 */
const ANSWERS_WITHIN_MS = 8_000;
/** Longer than a worker that is there takes to say how far it is. */
const PROGRESS_WITHIN_MS = 1_000;

export const getReconciliation = (context: Context) =>
  handle(orderOperations.getReconciliation, () => askTemporal(context, () => lastReconciliation(context)));

export async function askTemporal<T>({ temporal, logger }: Context, ask: () => Promise<T>): Promise<T> {
  try {
    return await untilDeadline(temporal, Date.now() + ANSWERS_WITHIN_MS, ask);
  } catch (error) {
    logger.warn({ reason: errorMessage(error) }, 'no reconciliation to be asked');
    throw badGateway('reconciliation-unavailable', 'The schedule of reconciliations can not be asked right now.');
  }
}

/** The schedule's newest run, and the report of the newest completed one among its last ten: Temporal names no more. */
export async function lastReconciliation({ temporal }: Context): Promise<Reconciliation> {
  const { info } = await temporal.schedule.getHandle(RECONCILIATION_SCHEDULE).describe();
  const last: Reconciliation = {};
  for (const { takenAt, action } of info.recentActions.toReversed()) {
    const handle = temporal.workflow.getHandle<() => Promise<ReconciliationReport>>(action.workflow.workflowId);
    const found = await handle.describe().catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
    // Forgotten, and so are those before it.
    if (found === undefined) break;
    const state = STATES[found.status.name] ?? 'failed';
    last.run ??= {
      state,
      startedAt: takenAt.toISOString(),
      endedAt: found.closeTime?.toISOString(),
      ...(state === 'running' && { checked: await progressOf(temporal, handle) }),
    };
    if (state !== 'completed') continue;
    const { startedAt, since, checked, findings, counts, moving } = await handle.result();
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    last.report = { startedAt, since, checked, findings, total, moving };
    break;
  }
  return last;
}

const STATES: Partial<Record<WorkflowExecutionStatusName, Run['state']>> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
};

/** Nothing where no worker is there to say it. */
const progressOf = (temporal: Client, handle: WorkflowHandle) =>
  temporal
    .withDeadline(Date.now() + PROGRESS_WITHIN_MS, () => handle.query(reconciliationProgress))
    .then(
      ({ checked }) => checked,
      () => undefined,
    );
