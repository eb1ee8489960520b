import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ORDER_DEPLOYMENT } from '../contracts/services.js';
import { waitFor } from '../tests/support/wait-for.js';
import { withChange } from '../workflows/order/testing/changed-saga.js';
import { workflowBundle } from '../workflows/order/testing/workflow-bundle.js';
import { canary, TakenBack, type CanaryOptions, promote, goBack, tellBuilds } from './roll-out/canary.js';
import { viewDeployment, type Where } from './roll-out/deployment-view.js';
import { startBuildsTest, type BuildsTest } from './testing/builds.js';

// A server, two builds and orders of both, also on a machine that is busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let test: BuildsTest;
let where: Where;
let said: string[];
let code: string;
const say = (text: string) => void said.push(text);

beforeEach(async () => {
  said = [];
  test = await startBuildsTest();
  const { namespace, saga } = test;
  where = { service: saga.client.workflowService, namespace, deploymentName: ORDER_DEPLOYMENT };
  ({ code } = await workflowBundle());
  await test.start('old', 'PINNED', code);
});
afterEach(() => test.close());

/** Orders come in, one after another, for as long as the canary looks at them. */
async function canaryUnderOrders(
  place: () => Promise<unknown>,
  options: Partial<CanaryOptions> = {},
): Promise<unknown> {
  let isOver = false;
  const asked = { percentage: 60, forMs: 1_000, atMostMs: 120_000, orders: 1, everyMs: 200, say, ...options };
  const watching = canary(where, asked)
    .catch((error: unknown) => error)
    .finally(() => (isOver = true));
  await waitFor(
    'the canary to end',
    async () => {
      if (!isOver) await place();
      return isOver;
    },
    { timeoutMs: 120_000, intervalMs: 250 },
  );
  return watching;
}

it('a good build keeps its part of the orders, then takes all, and can be taken back', async () => {
  const next = await test.start('new', 'PINNED', code);
  const place = () => test.saga.order();
  expect(await canaryUnderOrders(place, { orders: 3 })).toBeUndefined();
  expect(next.wroteFor.size).toBeGreaterThan(2);
  expect(said.join('\n')).toContain('new takes 60 % of the new orders, old the others');
  expect(said.join('\n')).toMatch(/\d+ orders began with new, and none is in trouble/);
  expect(await viewDeployment(where)).toMatchObject({ current: 'old', ramping: 'new', builds: ['new', 'old'] });

  await promote(where, undefined, say);
  expect(await viewDeployment(where)).toMatchObject({ current: 'new', ramping: undefined });
  await tellBuilds(where, say);
  expect(said.slice(-2)).toEqual(['new current', expect.stringMatching(/^old drain(ing|ed)$/)]);
  await canaryUnderOrders(place);
  expect(said.at(-1)).toContain('new takes all new orders already');

  await goBack(where, undefined, say);
  expect(said.at(-1)).toBe('new takes all new orders. To give them to another, say --build and which: old');
  await goBack(where, 'old', say);
  expect(await viewDeployment(where)).toMatchObject({ current: 'old', ramping: undefined });
  await expect(promote(where, 'nobody', say)).rejects.toThrow();
});

/** Some orders, once a build ramps: nearly all of them are its. */
function twenty(place: () => Promise<unknown>): () => Promise<unknown> {
  let placed = 0;
  return async () => placed < 20 && said.some((text) => text.includes('takes 90 %')) && ++placed && place();
}

/** A Saga that can't even begin. */
const broken = (bundle: string) =>
  withChange(bundle, 'order-saga', {
    text: 'openSaga)(input)',
    by: 'openSaga)(undefined.input)',
  });

it('a build whose code can not begin an order is taken back', async () => {
  await test.start('new', 'PINNED', broken(code));
  const { saga } = test;
  const failure = await canaryUnderOrders(
    twenty(() => saga.start()),
    { percentage: 90 },
  );
  expect(failure).toBeInstanceOf(TakenBack);
  expect(String(failure)).toMatch(/its workflow task failed \d+ times/);
  expect(await viewDeployment(where)).toMatchObject({ current: 'old', ramping: undefined });
});

it('a build is taken back for an order that asks for an operator, for want of orders, and when it is interrupted', async () => {
  await test.start('new', 'PINNED', code);
  const { saga } = test;
  const ramping = async () => (await viewDeployment(where)).ramping;
  const nobody = () => Promise.resolve();

  expect(String(await canaryUnderOrders(nobody, { atMostMs: 1_000 }))).toContain('only 0 orders began with it, of 1');
  expect(await ramping()).toBeUndefined();
  await waitFor('the build to be drained', async () => {
    said = [];
    await tellBuilds(where, say);
    return said.includes('new drained');
  });

  const stopping = new AbortController();
  const interrupt = async () => (await ramping()) === 'new' && stopping.abort();
  expect(String(await canaryUnderOrders(interrupt, { signal: stopping.signal }))).toContain('aborted');
  expect(await ramping()).toBeUndefined();

  saga.shop.down('charge-payment');
  const failure = await canaryUnderOrders(
    twenty(() => saga.start({ attentionAfterMs: 1_000 })),
    {
      percentage: 90,
      orders: 1_000,
    },
  );
  expect(String(failure)).toContain('asks for an operator at charge-payment');
  expect(await ramping()).toBeUndefined();

  // With a ramp, going back is to end it.
  await test.saga.client.workflow.workflowService.setWorkerDeploymentRampingVersion({
    ...{ namespace: test.namespace, deploymentName: ORDER_DEPLOYMENT, buildId: 'new', percentage: 5 },
  });
  await goBack(where, undefined, say);
  expect(await viewDeployment(where)).toMatchObject({ current: 'old', ramping: undefined });
});
