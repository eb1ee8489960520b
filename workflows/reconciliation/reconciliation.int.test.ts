import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FINDING_KINDS,
  RECONCILIATION,
  RECONCILIATION_SCHEDULE,
  type Finding,
  type FindingKind,
} from '../../contracts/reconciliation.js';
import type { OrderStatus } from '../../contracts/order-status.js';
import { scheduleReconciliation } from '../../stack/setup/temporal.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { workflowRecords } from '../../activities/order/workflow-records.js';
import { damagesOf, type Planted } from './testing/damage.js';
import { hasTimer, openShop, type Shop } from './testing/open-shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const named = (found: readonly Planted[]) =>
  found.map(({ kind, orderId, productId }) => `${kind} ${orderId ?? productId ?? ''}`).sort();
const safe = ({ kind }: Planted) => FINDING_KINDS[kind].repairs.length > 0;

// Some forty orders go all the way in this process.
const SLOW = 180_000;

describe('a shop in order', () => {
  it(
    'has no finding, whatever its orders are about to do',
    async () => {
      const productId = await shop.inventory.stocked(1_000);
      let bought = 0;
      const buy = async () => {
        for (let times = 0; times < 3; times++) {
          await Promise.all([shop.completed(productId, 2), shop.cancelled(productId)]);
          bought += 2;
        }
      };
      const buyers = Promise.all([buy(), buy()]);
      const reports = [];
      while (bought < 12) reports.push(await shop.reconcile());
      await buyers;
      reports.push(await shop.reconcile());
      expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
      expect(reports.at(-1)).toMatchObject({ checked: { orders: 12, stock: 12, payments: 12 }, moving: 0 });
    },
    SLOW,
  );
});

it(
  'is run by its schedule',
  async () => {
    await scheduleReconciliation({ ...shop.temporal, everyMs: 365 * 86_400_000 });
    const finished = () => shop.lines.filter((line) => line.includes('"message":"reconciliation finished"')).length;
    const before = finished();
    await shop.trigger(RECONCILIATION_SCHEDULE);
    await waitFor('the report', () => finished() > before, { timeoutMs: 60_000 });
  },
  SLOW,
);

describe('a suspicion', () => {
  it('is no finding when it is gone at the second look', async () => {
    const productId = await shop.inventory.stocked(10);
    const orderId = await shop.cancelled(productId);
    const setStock = (status: string) =>
      shop.inventory.prisma.reservation.updateMany({ where: { orderId }, data: { status } });
    await setStock('COMMITTED');
    const report = shop.reconcile({ orderIds: [orderId], pauseMs: 3_000 });
    const query = `WorkflowType = '${RECONCILIATION}' AND ExecutionStatus = 'Running'`;
    await waitFor('the pause after the first look', async () => {
      for await (const { workflowId, runId } of shop.workflows.list({ query })) {
        return hasTimer(shop.workflows.getHandle(workflowId, runId));
      }
      return false;
    });
    await setStock('RELEASED');
    expect(await report).toMatchObject({ findings: [], moving: 0 });
  });
});

describe('an order that is asked for', () => {
  it('and that nobody has heard of is said to be none; one that is over is looked at', { timeout: SLOW }, async () => {
    const orderId = await shop.completed(await shop.inventory.stocked(10));
    const report = await shop.reconcile({ orderIds: [orderId, 'ord_mistyped'] });
    expect(report).toMatchObject({ unknown: ['ord_mistyped'], checked: { orders: 1 }, findings: [] });
    await shop.reported(orderId, 'returned');
    const { findings, unknown } = await shop.reconcile({ orderIds: [orderId] });
    expect([named(findings as Planted[]), unknown]).toEqual([[`returned-but-completed ${orderId}`], []]);
    await shop.deliveries.prisma.deliveryEvent.deleteMany({ where: { delivery: { orderId }, status: 'returned' } });
  });
});

describe('how a workflow ended', () => {
  it('is known after Temporal has forgotten it: finished work is never undone', { timeout: SLOW }, async () => {
    const orderId = await shop.completed(await shop.inventory.stocked(10));
    const setStatus = (status: string) => shop.orders.prisma.order.update({ where: { id: orderId }, data: { status } });
    await setStatus('DELIVERY_STARTED');
    const seen = async (repair = false) =>
      (await shop.reconcile({ orderIds: [orderId], repair })).findings.map(({ kind, repair: how }) => [kind, how]);
    const before = await seen();
    expect(before[0]?.[0]).toBe('status-differs');
    await shop.forget(orderId);
    expect(await seen()).toEqual(before);
    await setStatus('COMPLETED');
    expect(await seen()).toEqual([]);
    await setStatus('CANCELLED');
    expect((await seen()).map(([kind]) => kind)).toContain('status-differs');
    await setStatus('COMPLETED');
  });

  it('is written into the row by a repair, also when Temporal has forgotten it', { timeout: SLOW }, async () => {
    const orderId = await shop.cancelled(await shop.inventory.stocked(10));
    const rowOf = () => shop.orders.prisma.order.findUniqueOrThrow({ where: { id: orderId } });
    const { status, cancelReason, paymentId, deliveryId, trackingNumber } = await rowOf();
    const nothing = { paymentId: null, deliveryId: null, trackingNumber: null };
    const data = { ...nothing, status: 'PENDING', cancelReason: null };
    await shop.orders.prisma.order.update({ where: { id: orderId }, data });
    await shop.reconcile({ orderIds: [orderId] });
    await shop.forget(orderId);

    const { repaired, findings } = await shop.reconcile({ orderIds: [orderId], repair: true });
    expect(repaired).toMatchObject([{ kind: 'status-differs', did: 'it is CANCELLED', gone: true }]);
    expect(findings).toEqual([]);
    expect(await rowOf()).toMatchObject({ status, cancelReason, paymentId, deliveryId, trackingNumber });
    expect([status, cancelReason]).toEqual(['CANCELLED', 'OPERATOR_REQUEST']);
  });

  /** It stood still, and waited for an operator, while it was being undone. */
  const waited = (id: string, status: OrderStatus) =>
    shop.orders.prisma.order.update({
      where: { id },
      data: {
        ...{ status, cancelReason: 'PAYMENT_DECLINED', cancelNote: 'a note' },
        ...{ needsAttention: true, attentionStep: 'refund-payment', attentionSince: new Date() },
        ...{ attentionReason: 'no-answer', attentionError: 'ProviderDown' },
        ...{ stalledSince: new Date(), stalledWhy: 'WorkflowGone' },
      },
    });
  /** As the runbook has it. */
  const say = async (status: OrderStatus, orderId: string) => {
    const said = new RegExp(`^UPDATE orders SET status = '${status}'.*$`, 'm').exec(
      await readFile('docs/runbook.md', 'utf8'),
    );
    expect(await shop.orders.prisma.$executeRawUnsafe(said?.[0].replace('ORDER_ID', orderId) ?? '')).toBe(1);
  };

  it('is said in its row by whoever decides, also that it had been finished', { timeout: SLOW }, async () => {
    const orderId = await shop.completed(await shop.inventory.stocked(10));
    await waited(orderId, 'CANCELLING');
    await say('COMPLETED', orderId);
    const { order } = (await shop.orders.store.find(orderId)) ?? {};
    expect(order).toMatchObject({ status: 'COMPLETED', needsAttention: false });
    expect([order?.cancelReason, order?.cancelNote, order?.attention]).toEqual([undefined, undefined, undefined]);
    expect(await shop.reconcile({ orderIds: [orderId] })).toMatchObject({ findings: [] });
  });

  it('is said in its row by whoever decides, as the runbook has it, and a repair sees to the rest', async () => {
    const orderId = await shop.open(await shop.inventory.stocked(10));
    await shop.handleOf(orderId).terminate();
    await waited(orderId, 'CANCELLING');
    await say('CANCELLED', orderId);
    expect((await shop.orders.store.find(orderId))?.order).toMatchObject({
      ...{ status: 'CANCELLED', cancelReason: 'OPERATOR_REQUEST', needsAttention: false },
    });
    const { repaired, findings } = await shop.reconcile({ orderIds: [orderId], repair: true });
    expect(repaired.filter(({ gone }) => gone).map(({ kind }) => kind)).toEqual([
      ...['stock-still-held', 'payment-not-refunded', 'still-delivering'],
    ]);
    expect(findings).toEqual([]);
    expect(await shop.payments.booksOf(orderId)).toMatchObject({ ours: 'REFUNDED', providers: 'REFUNDED' });
  });

  it('is not guessed by the pass after that either', { timeout: SLOW }, async () => {
    const orderId = await shop.open(await shop.inventory.stocked(10));
    await shop.handleOf(orderId).terminate();
    await shop.forget(orderId);
    await shop.orders.prisma.order.update({ where: { id: orderId }, data: { createdAt: new Date(0) } });
    await shop.orders.prisma.reconciliation.deleteMany();
    const seen = async () => {
      const { findings } = await shop.reconcile({ orderIds: [orderId] });
      return findings.map(({ kind, detail, repair }) => [kind, detail, repair]);
    };
    const before = await seen();
    expect(before).toMatchObject([['workflow-gone', expect.stringContaining('forgotten'), undefined]]);
    await shop.orders.prisma.reconciliation.create({ data: { startedAt: new Date(), ofAll: true } });
    expect(await seen()).toEqual(before);
    await say('CANCELLED', orderId);
    await shop.reconcile({ orderIds: [orderId], repair: true });
  });

  it('is not guessed when nobody has looked for as long as Temporal keeps it', async () => {
    const orderId = 'ord_of_long_ago';
    const looked = async (lastPass: Date | null) => {
      const endings = { find: async () => Promise.resolve(new Map<string, never>()), forget: fail, keep: fail };
      const placedAt = async () => Promise.resolve(new Map([[orderId, new Date(0)]]));
      const settings = {
        workflows: shop.workflows,
        endings,
        placedAt,
        lastPass: async () => Promise.resolve(lastPass),
      };
      return (await workflowRecords(settings, [orderId])).map(({ state }) => state);
    };
    const fail = () => Promise.reject(new Error('nothing is to be kept'));
    expect(await looked(null)).toEqual(['forgotten']);
    expect(await looked(new Date())).toEqual(['gone']);
  });
});

describe('damage', () => {
  let planted: Planted[];
  let found: Finding[];

  beforeAll(async () => {
    const damages = Object.entries(damagesOf(shop)) as [FindingKind, () => Promise<Omit<Planted, 'kind'>>][];
    planted = await Promise.all(damages.map(async ([kind, plant]) => ({ kind, ...(await plant()) })));
    shop.lines.length = 0;
    // Damage is on every page, and found over several runs.
    found = (await shop.reconcile({ pageSize: 7, pagesARun: 4 })).findings;
  }, SLOW);

  it('of each kind is named, and nothing else', () => {
    expect(named(found)).toEqual(named(planted));
  });

  it('is told to logs and metrics', async () => {
    const lines = shop.lines.filter((line) => line.includes('reconciliation finding'));
    expect(lines.filter((line) => line.includes('"level":"warn"'))).toHaveLength(planted.length);
    expect(await shop.registry.metrics()).toContain('reconciliation_findings{kind="payment-missing"} 1');
  });

  it(
    'is repaired where that is safe, which it says; the rest stays named',
    async () => {
      const report = await shop.reconcile({ repair: true });
      expect(named(report.repaired.filter(({ gone }) => gone))).toEqual(named(planted.filter(safe)));
      expect(named(report.findings)).toEqual(named(planted.filter((one) => !safe(one))));
      expect(named((await shop.reconcile()).findings)).toEqual(named(planted.filter((one) => !safe(one))));
    },
    SLOW,
  );
});
