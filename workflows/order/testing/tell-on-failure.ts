import proto from '@temporalio/proto';
import { onTestFailed } from 'vitest';
import type { SagaHandle } from './saga-test.js';

const { EventType, PendingActivityState } = proto.temporal.api.enums.v1;

/** Where the test that calls this fails, it says how far the order came and what it waits for: else a hang tells nothing. */
export function tellOnFailure(handle: SagaHandle): void {
  onTestFailed(async () => {
    const told = await Promise.all([historyOf(handle), pendingOf(handle)]).catch((error: unknown) => [[String(error)]]);
    console.error([`${handle.workflowId}, at ${new Date().toISOString()}`, ...told.flat()].join('\n'));
  });
}

async function historyOf(handle: SagaHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).map((event) => {
    const at = new Date(Number(event.eventTime?.seconds ?? 0) * 1_000 + (event.eventTime?.nanos ?? 0) / 1e6);
    const of =
      event.activityTaskScheduledEventAttributes?.activityType?.name ??
      event.activityTaskStartedEventAttributes?.scheduledEventId ??
      event.activityTaskTimedOutEventAttributes?.scheduledEventId ??
      event.timerStartedEventAttributes?.startToFireTimeout?.seconds ??
      '';
    return `  ${String(event.eventId)} ${at.toISOString()} ${EventType[event.eventType ?? 0]} ${String(of)}`;
  });
}

async function pendingOf(handle: SagaHandle): Promise<string[]> {
  const { pendingActivities, pendingWorkflowTask } = (await handle.describe()).raw;
  const activities = (pendingActivities ?? []).map(
    ({ activityType, state, attempt }) =>
      `  waits for ${activityType?.name}, ${PendingActivityState[state ?? 0]}, attempt ${attempt}`,
  );
  return pendingWorkflowTask ? [...activities, `  workflow task, attempt ${pendingWorkflowTask.attempt}`] : activities;
}
