import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import proto from '@temporalio/proto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ORDER_DEPLOYMENT } from '../contracts/services.js';
import { scriptFrom } from '../tests/support/document-shell.js';
import { resetWorkflowOf } from '../tests/support/temporal.js';
import { waitFor } from '../tests/support/wait-for.js';
import { orderQuery, retry } from '../workflows/order/messages.js';
import { withChange } from '../workflows/order/testing/changed-saga.js';
import { ended } from '../workflows/order/testing/outcome.js';
import { workflowBundle } from '../workflows/order/testing/workflow-bundle.js';
import { startBuildsTest, type BuildsTest } from './testing/builds.js';

const { VersionDrainageStatus } = proto.temporal.api.enums.v1;

// A server, three builds and the command line, also on a machine that is busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let test: BuildsTest;
beforeEach(async () => {
  test = await startBuildsTest();
});
afterEach(() => test.close());

/** The commands of the guide as its reader would paste them, for the builds `old` and `new`. */
async function guide(name: string): Promise<string> {
  const script = await scriptFrom('docs/changing-the-saga.md', name);
  const { stdout } = await promisify(execFile)(
    'bash',
    ['-euo', 'pipefail', '-c', script.replaceAll('OLD_BUILD', 'old').replaceAll('NEW_BUILD', 'new')],
    { env: { ...process.env, TEMPORAL_ADDRESS: test.address, TEMPORAL_NAMESPACE: test.namespace } },
  );
  return stdout;
}

const timelineOf = (id: string) => test.saga.shop.row(id).timeline.map(({ key }) => key);

/** A Saga that thanks the customer before it commits the stock: orders that wait can follow it, thanks to `patched`. */
const thankful = (bundle: string) =>
  withChange(bundle, 'order-saga', {
    text: "await step('commit-stock'",
    by: `if (workflow.patched('thanks')) {
      const at = new Date().toISOString();
      await journal.record({}, { key: 'thanked', at, service: 'order-service', outcome: 'done', attempts: 1 });
    }
    await step('commit-stock'`,
  });

/** A Saga with a step more before the charge, and no `patched`: no order that was charged by the other can follow it. */
const screening = (bundle: string) =>
  withChange(bundle, 'order-saga', {
    text: 'await chargePayment(saga);',
    by: `await saga.journal.record({}, {
      key: 'screened', at: new Date().toISOString(), service: 'order-service', outcome: 'done', attempts: 1,
    });
    await chargePayment(saga);`,
  });

describe('AUTO_UPGRADE, as in development', () => {
  it('orders that wait go on with the new Saga as soon as it runs', async () => {
    const { saga } = test;
    const { code } = await workflowBundle();
    const old = await test.start('old', 'AUTO_UPGRADE', code);
    const waiting = await saga.order();
    await saga.reached(waiting.id, 'DELIVERY_STARTED');
    const stuck = await (async () => {
      saga.shop.down('charge-payment');
      const placed = await saga.start({ attentionAfterMs: 1_000 });
      await saga.needsAttention(placed.id);
      return placed;
    })();
    expect(old.wroteFor).toContain(waiting.id);
    await old.stop();

    const next = await test.start('new', 'AUTO_UPGRADE', thankful(code));
    saga.shop.up('charge-payment');
    await stuck.handle.signal(retry);
    await saga.reached(stuck.id, 'DELIVERY_STARTED');
    expect(await waiting.handle.query(orderQuery)).toMatchObject({ status: 'DELIVERY_STARTED' });
    const placed = await saga.order();
    for (const { id, handle } of [waiting, stuck, placed]) {
      await saga.carrierTells(id, 'delivered');
      expect((await ended(saga, id, saga.handleOf(id))).order.status).toBe('COMPLETED');
      expect(timelineOf(id)).toContain('thanked');
      expect(next.wroteFor).toContain(id);
      expect(handle.workflowId).toContain(id);
    }
  });
});

describe('PINNED, as in production', () => {
  it('orders that wait end with their build, new ones take the one that is current, and the old build drains', async () => {
    const { saga } = test;
    const { code } = await workflowBundle();
    const old = await test.start('old', 'PINNED', code);
    const waiting = await saga.order();
    await saga.reached(waiting.id, 'DELIVERY_STARTED');

    const next = await test.start('new', 'PINNED', screening(code));
    expect(await guide('look')).toMatch(/old[^]*new|new[^]*old/);
    const stillOld = await saga.order();
    await saga.reached(stillOld.id, 'DELIVERY_STARTED');
    expect(next.wroteFor).not.toContain(stillOld.id);

    await guide('ramp');
    await guide('promote');
    expect(await drainageOf('old')).toBe(VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINING);
    const placed = await waitFor('an order of the new build', async () => {
      const order = await saga.order();
      await saga.reached(order.id, 'DELIVERY_STARTED');
      return next.wroteFor.has(order.id) ? order : undefined;
    });
    expect(timelineOf(placed.id).slice(0, 3)).toEqual(['reserve-stock', 'screened', 'charge-payment']);
    expect(timelineOf(stillOld.id)).not.toContain('screened');

    // Also what a slow database sends through the queue stays with the build of its order.
    saga.shop.fail('record-progress', 2);
    await saga.carrierTells(waiting.id, 'in_transit');
    await saga.carrierTells(waiting.id, 'delivered');
    await saga.carrierTells(stillOld.id, 'delivered');
    for (const { id } of [waiting, stillOld]) {
      expect((await ended(saga, id, saga.handleOf(id))).order.status).toBe('COMPLETED');
      expect(next.wroteFor).not.toContain(id);
      expect(old.wroteFor).toContain(id);
    }

    await waitFor(
      'the old build to be drained',
      async () => (await drainageOf('old')) === VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINED,
    );
    expect(await guide('drained')).toContain('drained');
    await old.stop();
    await saga.carrierTells(placed.id, 'delivered');
    expect((await ended(saga, placed.id, saga.handleOf(placed.id))).order.status).toBe('COMPLETED');
  });

  it('an order that the old build can not end is moved to the new one, and a reset stays with its build', async () => {
    const { saga } = test;
    const { code } = await workflowBundle();
    const old = await test.start('old', 'PINNED', code);
    const waiting = await saga.order();
    await saga.reached(waiting.id, 'DELIVERY_STARTED');
    const next = await test.start('new', 'PINNED', thankful(code));
    await guide('promote');

    await resetWorkflowOf(saga.client.connection, test.namespace, waiting.id, 'chargePayment');
    await waitFor('the second charge', () => saga.shop.countOf('charge-payment') === 2);
    await saga.reached(waiting.id, 'DELIVERY_STARTED');
    expect(next.wroteFor).not.toContain(waiting.id);

    await guide('move');
    await old.stop();
    await saga.carrierTells(waiting.id, 'delivered');
    expect((await ended(saga, waiting.id, saga.handleOf(waiting.id), { wasReset: true })).order.status).toBe(
      'COMPLETED',
    );
    expect(timelineOf(waiting.id).filter((key) => key.startsWith('thanked-'))).toHaveLength(1);
  });
});

async function drainageOf(buildId: string) {
  const { workerDeploymentInfo } = await test.saga.client.workflow.workflowService.describeWorkerDeployment({
    namespace: test.namespace,
    deploymentName: ORDER_DEPLOYMENT,
  });
  return workerDeploymentInfo?.versionSummaries?.find((summary) => summary.deploymentVersion?.buildId === buildId)
    ?.drainageStatus;
}
