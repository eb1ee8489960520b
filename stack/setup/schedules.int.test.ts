import { ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RECONCILIATION, RECONCILIATION_SCHEDULE } from '../../contracts/reconciliation.js';
import { createTemporalClient, type TemporalClient, type TemporalSettings } from '../../platform/temporal/client.js';
import { createTestNamespace } from '../../tests/support/temporal-namespace.js';
import { scheduleReconciliation } from './temporal.js';

let settings: TemporalSettings;
let temporal: TemporalClient;
beforeAll(async () => {
  settings = await createTestNamespace('schedules');
  temporal = createTemporalClient(settings);
});
afterAll(() => temporal.close());

it('reconciles every so often, however often it is set up, and not while an operator has paused it', async () => {
  const handle = temporal.client.schedule.getHandle(RECONCILIATION_SCHEDULE);
  await scheduleReconciliation({ ...settings, everyMs: 3_600_000 });
  await handle.pause('the shop moves');
  await scheduleReconciliation({ ...settings, everyMs: 60_000 });

  const { spec, action, policies, state } = await handle.describe();
  expect(spec.intervals).toMatchObject([{ every: 60_000 }]);
  expect(action).toMatchObject({ workflowType: RECONCILIATION, taskQueue: 'order', args: [] });
  expect(policies.overlap).toBe(ScheduleOverlapPolicy.SKIP);
  expect(state.paused).toBe(true);
});
