import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { CANCEL_REASONS } from '../../contracts/order-status.js';
import { temporalTelemetryPlugins } from '../../platform/telemetry/telemetry.js';
import { PATCHES } from './patches.js';
import { recordedHistories, recordedNames } from './testing/histories.js';
import { CLOSED_ORDERS, OPEN_ORDERS } from './testing/recorded-orders.js';
import { dataConverter, quietRuntime } from './testing/saga-test.js';
import { workflowBundle } from './testing/workflow-bundle.js';

/**
 * The gate for changes of the Saga: orders that run while a new version is deployed go on with it, so it has to take
 * every step that a recorded order took. A change that can't is made with `patched`, and what goes the new way is
 * recorded (`npm run histories`) beside what went the old one: docs/changing-the-saga.md.
 */
describe('the replay gate', () => {
  beforeAll(() => quietRuntime());

  const replay = async (histories: Awaited<ReturnType<typeof recordedHistories>>) => {
    const options = { workflowBundle: await workflowBundle(), dataConverter, plugins: temporalTelemetryPlugins() };
    const errors: Record<string, string | undefined> = {};
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
      errors[workflowId] = error?.name;
    return errors;
  };

  it('has an order of every kind, and no other', async () => {
    const kinds = [...Object.keys(CLOSED_ORDERS), ...Object.keys(OPEN_ORDERS)].sort();
    const recorded = await recordedNames();
    expect(recorded.filter((name) => !name.includes('.'))).toEqual(kinds);
    expect(recorded.filter((name) => !kinds.includes(name.replace(/\..*/, '')))).toEqual([]);
    const endings = new Set(Object.values(CLOSED_ORDERS).map(({ ends }) => ends));
    expect(CANCEL_REASONS.filter((reason) => !endings.has(reason))).toEqual([]);
  });

  it('has an order that took the new way of each patch', async () => {
    const markers = (await recordedHistories()).flatMap(({ history }) =>
      (history.events ?? []).flatMap(({ markerRecordedEventAttributes: marker }) =>
        (marker?.details?.['patch-data']?.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString()),
      ),
    );
    const taken = markers.map((data) => (JSON.parse(data) as { id: string }).id);
    expect(Object.values(PATCHES).filter((id) => !taken.includes(id))).toEqual([]);
  });

  it('lets every recorded order through', { timeout: 60_000 }, async () => {
    const histories = await recordedHistories();
    const errors = await replay(histories);
    expect(errors).toEqual(Object.fromEntries(histories.map(({ workflowId }) => [workflowId, undefined])));
  });

  it('stops a Saga that takes another step than a recorded one', { timeout: 60_000 }, async () => {
    const recorded = (await recordedHistories()).find(({ workflowId }) => workflowId === 'completed');
    for (const { activityTaskScheduledEventAttributes: scheduled } of recorded?.history.events ?? []) {
      if (scheduled?.activityType?.name === 'chargePayment') scheduled.activityType.name = 'chargeTwice';
    }
    expect(await replay(recorded ? [recorded] : [])).toEqual({ completed: 'DeterminismViolationError' });
  });
});

describe('the bundle', () => {
  it('has nothing in it that a workflow does not need', { timeout: 60_000 }, async () => {
    const { code } = await workflowBundle();
    expect(code).not.toContain('node_modules/zod');
    expect(code).not.toContain('node_modules/@prisma');
    expect(code).toContain('orderSaga');
  });
});
