import { Connection, Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import proto from '@temporalio/proto';
import { RECONCILIATION, RECONCILIATION_SCHEDULE } from '../../contracts/reconciliation.js';
import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '../../contracts/order-saga.js';
import { TASK_QUEUES } from '../../contracts/services.js';
import { waitUntil } from '../support/probes.js';

// A CommonJS package whose names Node can't see: only its default export can be imported.
const { IndexedValueType } = proto.temporal.api.enums.v1;

/** What Temporal knows of each type that we use. */
const TYPES = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
} as const;

interface TemporalAddress {
  address: string;
  namespace: string;
}

/** The names that the namespace does not know yet. Rejects where there is no such namespace. */
export async function missingSearchAttributes({ address, namespace }: TemporalAddress): Promise<SearchAttributeName[]> {
  const connection = await Connection.connect({ address });
  try {
    return await missingIn(connection, namespace);
  } finally {
    await connection.close();
  }
}

async function missingIn({ operatorService }: Connection, namespace: string): Promise<SearchAttributeName[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  return (Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[]).filter((name) => !(name in customAttributes));
}

/**
 * Registers what is missing: a workflow task that sets an unregistered attribute fails. Returns the names that were
 * registered now; harmless to repeat.
 */
export async function registerSearchAttributes({ address, namespace }: TemporalAddress): Promise<string[]> {
  const connection = await Connection.connect({ address });
  try {
    const missing = await missingIn(connection, namespace);
    if (missing.length > 0) {
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map((name) => [name, TYPES[SEARCH_ATTRIBUTES[name]]])),
      });
    }
    return missing;
  } finally {
    await connection.close();
  }
}

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

/**
 * Makes a namespace of Temporal unless it is there, and waits until it takes calls.
 * @param wanted how long ended workflows are kept; a day unless said
 */
export async function createNamespace({
  address,
  namespace,
  retentionMs = 24 * 60 * 60_000,
  signal,
}: {
  address: string;
  namespace: string;
  retentionMs?: number;
  signal?: AbortSignal;
}) {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address });
  const service = connection.workflowService;
  try {
    // The generated types want a Long where a number does.
    const workflowExecutionRetentionPeriod = { seconds: Math.ceil(retentionMs / 1000) as never };
    await service.registerNamespace({ namespace, workflowExecutionRetentionPeriod }).catch((error: unknown) => {
      const alreadyExists = 6;
      if ((error as { code?: number }).code !== alreadyExists) throw error;
    });
    // The server reads its list of namespaces now and then, so a new one is unknown to it for a moment.
    const takesCalls = async () => Boolean(await service.listWorkflowExecutions({ namespace, pageSize: 1 }));
    await waitUntil(takesCalls, { within: 30_000, what: `the namespace ${namespace}`, signal });
  } finally {
    await connection.close();
  }
}
