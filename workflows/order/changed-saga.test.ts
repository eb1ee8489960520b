import { Worker } from '@temporalio/worker';
import { beforeAll, expect, it } from 'vitest';
import { temporalTelemetryPlugins } from '../../platform/telemetry/telemetry.js';
import { changedSagas } from './testing/changed-saga.js';
import { recordedHistories, type RecordedHistory } from './testing/histories.js';
import { dataConverter, quietRuntime } from './testing/saga-test.js';
import { workflowBundle } from './testing/workflow-bundle.js';

beforeAll(() => quietRuntime());

/** Between them they take nearly every step, so most changes are found by these few. */
const TELLING = ['given-up-while-delivered', 'completed', 'insufficient-stock', 'calling-off-stuck'];

/** The first recorded order that a changed Saga can't go on with. */
async function stoppedBy(histories: RecordedHistory[], code: string): Promise<string | undefined> {
  const options = { workflowBundle: { code }, dataConverter, plugins: temporalTelemetryPlugins() };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
    if (error?.name === 'DeterminismViolationError') return workflowId;
  return undefined;
}

it('no step of the Saga can be dropped, nor two be swapped, unseen by the replay gate', async () => {
  const [{ code: bundle }, recorded] = await Promise.all([workflowBundle(), recordedHistories()]);
  const histories = [
    ...TELLING.flatMap((name) => recorded.filter(({ workflowId }) => workflowId === name)),
    ...recorded.filter(({ workflowId }) => !TELLING.includes(workflowId)),
  ];
  const changed = changedSagas(bundle);
  expect(changed.map(({ change }) => change)).toEqual(
    expect.arrayContaining([
      'awaitReview(saga) before reserveStock(saga)',
      'chargePayment(saga) before awaitReview(saga)',
      'startDelivery(saga) before chargePayment(saga)',
      'waitForDelivery(saga) before startDelivery(saga)',
      'completeOrder before waitForDelivery',
      'compensations oldest first',
      ...[
        'reserveStock',
        'awaitReview',
        'chargePayment',
        'startDelivery',
        'waitForDelivery',
        'completeOrder',
        'undoOrder',
      ].map((step) => `without ${step}(saga)`),
    ]),
  );
  expect(changed.filter(({ code }) => code === bundle)).toEqual([]);

  const unseen: string[] = [];
  for (const { change, code } of changed) {
    if ((await stoppedBy(histories, code)) === undefined) unseen.push(change);
  }
  expect(unseen).toEqual([]);
}, 300_000);
