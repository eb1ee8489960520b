import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../../contracts/http/orders.js';
import type { Product } from '../../../contracts/http/products.js';
import type { RunningApp } from '../../support/app.js';
import { scriptFrom, shell, withVariables } from '../../support/document-shell.js';
import { mailsArrive } from '../../support/inbox.js';
import {
  openShop,
  orderOf,
  paymentsOf,
  placeOrder,
  reaches,
  stockedProduct,
  stockOf,
  type OrderWish,
  type Shop,
} from '../../support/shop.js';
import {
  describeWorkflow,
  lastTaskDone,
  pendingActivity,
  signalsOf,
  signalUnreadably,
  taskBefore,
} from '../../support/temporal.js';
import { waitFor } from '../../support/wait-for.js';
import { WebUi } from '../../support/web-ui.js';
import type { Alerts } from './alerts.js';

let app: RunningApp;
let shop: Shop;

/** An order of one piece of a product that nobody else orders, of which there were ten. */
interface Stuck {
  id: string;
  product: Product;
}

const place = async (wish: OrderWish): Promise<Stuck> => {
  const product = await stockedProduct(shop);
  const { body } = await placeOrder(shop.alice, product, wish);
  return { id: body.id, product };
};
/** One after another: the machine has other work. */
const several = async (count: number, wish: OrderWish): Promise<Stuck[]> => {
  const orders: Stuck[] = [];
  while (orders.length < count) orders.push(await place(wish));
  return orders;
};
const provider = (state: 'up' | 'down') => shop.admin.post('/payments/simulator', { provider: state });
const waitsAt = ({ id }: Stuck, step: string) =>
  waitFor(
    `${id} to need attention at ${step}`,
    async () => {
      const { attention } = await orderOf(shop.alice, id);
      return attention?.step === step && attention;
    },
    { timeoutMs: 60_000 },
  );

const AT_CHARGE = { paymentMethod: 'card_provider_down' };
let atCharge: Stuck[];
let atCarrier: Stuck[];

function first(from: Stuck[]): Stuck {
  const [order] = from;
  if (!order) throw new Error('place more orders');
  return order;
}

/** One for a test of its own. */
function taken(from: Stuck[]): Stuck {
  const order = from.pop();
  if (!order) throw new Error('place more orders');
  return order;
}

export function operators(running: () => RunningApp, alerts: () => Alerts): void {
  beforeAll(async () => {
    app = running();
    shop = await openShop(app.gatewayUrl);
    await provider('down');
    await app.process('delivery-worker').stop();
    atCarrier = await several(2, { postalCode: '88888' });
    atCharge = await several(15, AT_CHARGE);
    await Promise.all(atCharge.map((order) => waitsAt(order, 'charge-payment')));
    await Promise.all(atCarrier.map((order) => waitsAt(order, 'start-delivery')));
    await alerts().fire('HoldfastOrdersNeedAttention', { step: 'charge-payment' });
  });
  // Also where the last test, which does so, was not reached.
  afterAll(() => provider('up'));

  describe("Temporal's Web UI", () => {
    let ui: WebUi;
    beforeAll(async () => {
      ui = await WebUi.open(app);
    });
    afterAll(() => ui.close());

    const atRefund = async () => {
      const order = taken(atCharge);
      await app.process('payment-worker').stop();
      expect((await shop.alice.post(`/orders/${order.id}/cancel`, {})).status).toBe(202);
      await waitsAt(order, 'refund-payment');
      await alerts().fire('HoldfastCompensationFails', { step: 'refund-payment' });
      return order;
    };

    it.each([
      {
        step: 'charge-payment',
        of: () => first(atCharge),
        reason: 'UNAVAILABLE',
        error: /^ProviderUnavailable$/,
      },
      {
        step: 'start-delivery',
        of: () => first(atCarrier),
        reason: 'TIMED_OUT',
        error: /^timed out \(.+\)$/,
      },
      { step: 'refund-payment', of: atRefund, reason: 'TIMED_OUT', error: /^timed out \(.+\)$/ },
    ])('shows of an order that is stuck at $step where it stands, why, and when it goes on', async (stuck) => {
      const { id, product } = await stuck.of();
      await ui.find('NeedsAttention=true', id);
      const text = await ui.orderPage(id);

      const valueOf = (name: string) => new RegExp(`${name}: (.+)$`, 'm').exec(text)?.[1];
      expect(valueOf('Step')).toContain(`${stuck.step}, by `);
      expect(valueOf('Waits for')).toMatch(/^an operator, since \d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(valueOf('Why')).toContain(`${stuck.reason}: `);
      expect(valueOf('Last error')).toMatch(stuck.error);
      expect(valueOf('Next attempt')).toMatch(
        /^round \d+( at \S+Z, or at once by the signal retry|, under way since \S+Z)$/,
      );
      // What it was started with is encrypted, and read by the codec.
      expect(text).toContain(`1 piece of one product, ${product.price} KRW`);
      expect(text).toContain(`1 × ${product.name} (product ${product.id})`);
    });
  });

  describe('docs/runbook.md and docs/reconciliation.md', () => {
    beforeAll(() => Promise.all([app.process('delivery-worker').start(), app.process('payment-worker').start()]));

    /** Runs the commands under these names, one after another. */
    const runbook = async (names: string | string[], variables: Record<string, string>): Promise<string> => {
      const scripts = await Promise.all([names].flat().map((name) => scriptFrom('docs/runbook.md', name)));
      return shell(withVariables(variables, scripts.join('\n')), app);
    };

    const isCancelled = async ({ id, product }: Stuck): Promise<Order> => {
      const order = await reaches(shop.alice, id, 'CANCELLED');
      expect(order).toMatchObject({ cancelReason: 'OPERATOR_REQUEST', needsAttention: false });
      expect((await paymentsOf(shop.alice, id)).filter(({ status }) => status === 'CHARGED')).toEqual([]);
      expect(await stockOf(shop, product)).toEqual({ quantity: 10, reserved: 0 });
      return order;
    };
    const isCompleted = async ({ id, product }: Stuck, timeoutMs?: number): Promise<Order> => {
      const order = await reaches(shop.alice, id, 'COMPLETED', timeoutMs);
      expect(order.needsAttention).toBe(false);
      expect(await stockOf(shop, product)).toEqual({ quantity: 9, reserved: 0 });
      return order;
    };

    // Several at once, the longest first. Each has orders of its own, but those that only look: they share the first, which nobody takes.
    it.concurrent('terminate-temporal, terminate-tctl, reconcile, reconcile-repair', async () => {
      const [one, other] = [taken(atCharge), taken(atCharge)];
      await runbook('terminate-temporal', { ORDER_ID: one.id });
      await runbook('terminate-tctl', { ORDER_ID: other.id });
      // A run that is over keeps what it said last.
      for (const name of ['find-temporal', 'find-tctl', 'find-kind-temporal', 'find-kind-tctl'])
        await waitFor(`${name} without them`, async () => !(await runbook(name, {})).match(`${one.id}|${other.id}`));
      const both = { ORDER_ID: `${one.id} --order ${other.id}` };
      const found = await runbook('reconcile', both).catch((error: unknown) => String(error));
      expect(found).toMatch(/^Error: ended with 1/);
      for (const { id, product } of [one, other]) {
        expect(found).toContain(id);
        expect(await stockOf(shop, product)).toEqual({ quantity: 9, reserved: 1 });
      }
      expect(found).toContain('workflow-gone');

      const repaired = await runbook('reconcile-repair', both);
      expect(repaired).toMatch(/^repaired {2}workflow-gone/m);
      expect(repaired).not.toContain('waiting for an operator');
      await isCancelled(one);
      await isCancelled(other);
      await runbook('reconcile', both);
    });

    it.concurrent('npm run reconcile names an order whose workflow is gone, undoes it and says so', async () => {
      const reconcile = async (name: string) =>
        shell(withVariables({ ORDER_ID: order.id }, await scriptFrom('docs/reconciliation.md', name)), app);
      const order = await place({ postalCode: '88888', quantity: 2 });
      await reaches(shop.alice, order.id, 'DELIVERY_STARTED');
      await runbook('terminate-temporal', { ORDER_ID: order.id });

      const found = new RegExp(
        `FOUND {2}workflow-gone {2}order ${order.id}: .*; 2 units, ${2 * order.product.price} KRW`,
      );
      await expect(reconcile('reconcile')).rejects.toThrow(found);
      expect(await reconcile('reconcile-repair')).toMatch(
        new RegExp(`repaired {2}workflow-gone {2}order ${order.id}: .*: is CANCELLED, by undo-${order.id}`),
      );
      expect(await reconcile('reconcile')).toMatch(/^No finding/m);

      await isCancelled(order);
      expect(await paymentsOf(shop.alice, order.id)).toMatchObject([{ status: 'REFUNDED' }]);
      // Received, paid, started, cancelled.
      expect(await mailsArrive(order.id, 4, 90_000)).toHaveLength(4);
    });

    it.concurrent('reset-temporal, reset-tctl', async () => {
      const [one, other] = [taken(atCarrier), taken(atCarrier)];
      const runOf = async ({ id }: Stuck) =>
        (await describeWorkflow(app.temporalNamespace, id)).workflowExecutionInfo?.execution?.runId;
      const reset = async (name: string, order: Stuck) => {
        const before = await runOf(order);
        const eventId = await taskBefore(app.temporalNamespace, order.id, 'startDelivery');
        const events = await runbook('reset-from', { ORDER_ID: order.id });
        expect(events).toMatch(new RegExp(`\\[${eventId}\\] WorkflowTaskCompleted.*\n.*startDelivery`));
        await runbook(name, { ORDER_ID: order.id, EVENT_ID: eventId });
        expect(await runOf(order)).not.toBe(before);
      };
      await reset('reset-temporal', one);
      await reset('reset-tctl', other);
      for (const { id, product } of [one, other]) {
        expect((await reaches(shop.alice, id, 'DELIVERY_STARTED')).trackingNumber).toBeDefined();
        expect(await paymentsOf(shop.alice, id)).toMatchObject([{ status: 'CHARGED' }]);
        expect(await stockOf(shop, product)).toEqual({ quantity: 9, reserved: 1 });
      }
    });

    it.concurrent('without-signals-temporal, without-signals-tctl, go-on-temporal, go-on-tctl', async () => {
      const orders = [await place({ postalCode: '88888' }), await place({ postalCode: '88888' })];
      const [one, other] = orders.map(({ id }) => ({ ORDER_ID: id }));
      for (const { id } of orders) {
        await reaches(shop.alice, id, 'DELIVERY_STARTED');
        await signalUnreadably(app.temporalNamespace, id);
      }
      for (const order of orders) expect((await waitsAt(order, 'saga')).error).toBe('WorkflowTaskFails');
      await alerts().fire('HoldfastOrdersStandStill', { why: 'WorkflowTaskFails' });
      await alerts().fire('HoldfastWorkflowTasksFail', { process: 'order-worker' });
      // The reset alone applies it again.
      await runbook('go-on-temporal', one ?? {});
      await runbook('go-on-tctl', other ?? {});
      for (const order of orders) await waitsAt(order, 'saga');
      await runbook('without-signals-temporal', one ?? {});
      const EVENT_ID = await lastTaskDone(app.temporalNamespace, other?.ORDER_ID ?? '');
      await runbook('without-signals-tctl', { ...other, EVENT_ID });
      for (const { id } of orders) {
        await waitFor('it to go on', async () => !(await orderOf(shop.alice, id)).needsAttention);
        await runbook('give-up-temporal', { ORDER_ID: id });
      }
      for (const order of orders) await isCancelled(order);
    });

    it.concurrent('another-build-temporal', async () => {
      const { id } = await place({ postalCode: '88888' });
      await runbook('another-build-temporal', { ORDER_ID: id });
      const { workflowExecutionInfo } = await describeWorkflow(app.temporalNamespace, id);
      expect(workflowExecutionInfo?.versioningInfo?.versioningOverride?.autoUpgrade).toBe(true);
    });

    it.concurrent.each(['find-temporal', 'find-tctl', 'find-kind-temporal', 'find-kind-tctl', 'find-http'])(
      '%s',
      async (name) => {
        const { id } = first(atCharge);
        expect(await runbook(['admin', name], {})).toContain(id);
      },
    );

    it.concurrent.each([
      ['look-temporal', ['"shippingAddress"', 'ActivityTaskScheduled', 'charge-payment', 'Last error']],
      ['look-tctl', ['NeedsAttention', 'chargePayment', 'ActivityTaskScheduled']],
      ['timeline', ['charge-payment', 'failing']],
    ])('%s', async (name, shown) => {
      const { id } = first(atCharge);
      const printed = await runbook(['admin', name], { ORDER_ID: id });
      for (const text of shown) expect(printed).toContain(text);
    });

    it.concurrent.each(['settled-temporal', 'settled-tctl'])('%s', async (name) => {
      const order = taken(atCharge);
      await runbook(name, { ORDER_ID: order.id });
      expect((await isCompleted(order)).paymentId).toBeUndefined();
      expect((await paymentsOf(shop.alice, order.id)).filter(({ status }) => status === 'CHARGED')).toEqual([]);
    });

    it.concurrent.each(['give-up-temporal', 'give-up-tctl', 'cancel-temporal', 'cancel-tctl'])('%s', async (name) => {
      const order = taken(atCharge);
      await runbook(name, { ORDER_ID: order.id });
      await isCancelled(order);
    });

    it.concurrent('cancel-http', async () => {
      const order = taken(atCharge);
      expect(await runbook(['admin', 'cancel-http'], { ORDER_ID: order.id })).toMatch(/^20[02]$/m);
      expect(await isCancelled(order)).not.toHaveProperty('cancelNote');
      expect(await orderOf(shop.admin, order.id)).toMatchObject({ cancelNote: 'asked for by telephone' });
    });

    const atWork = async () => {
      const order = await place(AT_CHARGE);
      const { activityId, runId } = await pendingActivity(app.temporalNamespace, order.id, 'chargePayment');
      return { order, replaced: { ORDER_ID: order.id, RUN_ID: runId, ACTIVITY_ID: activityId } };
    };

    it.concurrent.each(['complete-temporal', 'complete-tctl'])('%s', async (name) => {
      const { order, replaced } = await atWork();
      await runbook(name, replaced);
      expect((await isCompleted(order)).paymentId).toBe('pay_by_hand');
      expect((await paymentsOf(shop.alice, order.id)).filter(({ status }) => status === 'CHARGED')).toEqual([]);
    });

    it.concurrent('acknowledge', async () => {
      const { order, replaced } = await atWork();
      await runbook('complete-temporal', replaced);
      await isCompleted(order);
      await expect(runbook('reconcile', replaced)).rejects.toThrow(`FOUND  payment-missing  order ${order.id}`);
      const said = await runbook('acknowledge', { ...replaced, FINDING: 'payment-missing' });
      expect(said).toContain('put right by hand, says Hana, second line');
      expect(await runbook('reconcile', replaced)).toMatch(/^No finding/m);
      await expect(runbook('acknowledge', { ...replaced, FINDING: 'stock-missing' })).rejects.toThrow(
        /ended with 2[^]*no stock-missing is found/,
      );
      expect(await runbook(['admin', 'timeline'], replaced)).toContain('the customer has sent it back');
    });

    it.for(['fail-temporal', 'fail-tctl'])('%s', async (name, { onTestFinished }) => {
      // Somebody holds the product's lock and is gone, so each attempt hangs for five seconds.
      const product = await stockedProduct(shop);
      const lock = `inventory:lock:${product.id}`;
      const redis = new Redis(app.redisUrl);
      onTestFinished(() => redis.disconnect());
      await redis.set(lock, 'somebody', 'PX', 120_000);
      const { body } = await placeOrder(shop.alice, product, { respondAsync: true });
      const order = { id: body.id, product };
      const { activityId, runId } = await waitFor('an attempt at work', async () => {
        const activity = await pendingActivity(app.temporalNamespace, order.id, 'reserveStock');
        return activity.isAtWork && activity;
      });
      await runbook(name, { ORDER_ID: order.id, RUN_ID: runId, ACTIVITY_ID: activityId });
      expect((await waitsAt(order, 'reserve-stock')).error).toBe('Error');
      await redis.del(lock);
      await runbook('give-up-temporal', { ORDER_ID: order.id });
      await isCancelled(order);
    });

    it('pause-temporal, unpause-temporal, reset-activity-temporal', async () => {
      const { order, replaced } = await atWork();
      const pending = () => pendingActivity(app.temporalNamespace, order.id, 'chargePayment');
      await runbook('pause-temporal', replaced);
      const { attempt } = await waitFor('the pause', async () => {
        const activity = await pending();
        return activity.paused && activity;
      });
      await runbook('unpause-temporal', replaced);
      await waitFor('the next attempt', async () => (await pending()).attempt > attempt);
      await runbook('reset-activity-temporal', replaced);
      await waitFor('the attempts to begin anew', async () => {
        const activity = await pending();
        return activity.activityId === replaced.ACTIVITY_ID && activity.attempt <= attempt;
      });
      // With the provider up, all the others would go on by themselves too.
      await runbook('give-up-temporal', { ORDER_ID: order.id });
      await isCancelled(order);
    });

    it('retry-temporal, retry-tctl, retry-http, retry-all-temporal', async () => {
      const [first, second, third, fourth] = [taken(atCharge), taken(atCharge), taken(atCharge), taken(atCharge)];
      const orders = [first, second, third, fourth];
      const isAsked = ({ id }: Stuck) =>
        waitFor(`a retry of ${id}`, async () => (await signalsOf(app.temporalNamespace, id)).includes('retry'));
      // Each is asked while the provider is still down: else it might go on by itself before its turn.
      await runbook('retry-temporal', { ORDER_ID: first.id });
      await runbook('retry-tctl', { ORDER_ID: second.id });
      expect(await runbook(['admin', 'retry-http'], { ORDER_ID: third.id })).toMatch(/^202$/m);
      await Promise.all([first, second, third].map(isAsked));
      expect(await signalsOf(app.temporalNamespace, fourth.id)).not.toContain('retry');
      await runbook('retry-all-temporal', {});
      await isAsked(fourth);

      await provider('up');
      await runbook('retry-all-temporal', {});
      for (const order of orders) {
        await isCompleted(order, 60_000);
        expect(await paymentsOf(shop.alice, order.id)).toMatchObject([{ status: 'CHARGED' }]);
      }
      expect(await runbook(['admin', 'timeline'], { ORDER_ID: third.id })).toContain(
        'the provider says that it is back',
      );
    });
  });
}
