import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { OrderProgress } from '../../contracts/activities/order-activities.js';
import { pruneOnce } from '../../tests/support/prune-once.js';
import { recordProgress, recordRefund } from './progress-store.js';
import { prunableOfOrders } from './prunable.js';
import { newOrder, openOrderDatabase, progress, type OrderDatabase } from './testing/order-database.js';

let database: OrderDatabase;
beforeAll(async () => {
  database = await openOrderDatabase();
});
afterAll(() => database.close());
beforeEach(() => database.prisma.$executeRaw`TRUNCATE orders CASCADE`);

const tables = prunableOfOrders({ EVENTS_KEPT_FOR: 30 * 86_400_000 });
const prune = () => pruneOnce(database.url, tables, 2);
const record = (step: OrderProgress) => recordProgress(database.prisma, step, {});

const reason = 'PAYMENT_DECLINED';
const steps = (id: string) => ({
  reserved: progress(id, 'reserve', { status: 'INVENTORY_RESERVED' }, { topic: 'inventory-reserved' }),
  charged: progress(id, 'charge', { status: 'PAYMENT_COMPLETED', paymentId: 'pay_1' }, { topic: 'payment-completed' }),
  delivering: progress(
    id,
    'deliver',
    { status: 'DELIVERY_STARTED', deliveryId: 'del_1', trackingNumber: 'T1' },
    { topic: 'delivery-started' },
  ),
  completed: progress(
    id,
    'commit',
    { status: 'COMPLETED' },
    { topic: 'delivery-completed' },
    { topic: 'order-completed' },
  ),
  failed: progress(id, 'declined', { status: 'CANCELLING', cancelReason: reason }, { topic: 'payment-failed', reason }),
  cancelled: progress(id, 'end', { status: 'CANCELLED', cancelReason: reason }, { topic: 'order-cancelled', reason }),
});
type Step = keyof ReturnType<typeof steps>;

const COMPLETED: Step[] = ['reserved', 'charged', 'delivering', 'completed'];
const CANCELLED: Step[] = ['reserved', 'failed', 'cancelled'];

async function placed(...done: Step[]): Promise<string> {
  const order = newOrder();
  await database.store.place(order);
  for (const step of done) await record(steps(order.id)[step]);
  return order.id;
}

const published = (id: string, days: number) =>
  database.prisma
    .$executeRaw`UPDATE outbox_events SET published_at = now() - ${days} * interval '1 day' WHERE order_id = ${id}`;
const rested = (id: string, days: number) =>
  database.prisma.$executeRaw`UPDATE orders SET updated_at = now() - ${days} * interval '1 day' WHERE id = ${id}`;
const topicsOf = async (id: string) =>
  (await database.prisma.outboxEvent.findMany({ where: { orderId: id } })).map(({ topic }) => topic).sort();

it('the events of an order that is over, were sent, and are kept no longer', async () => {
  const ids = [await placed(...COMPLETED), await placed(...CANCELLED)];
  for (const id of ids) await Promise.all([published(id, 31), rested(id, 31)]);
  expect(await prune()).toBe(10);
  for (const id of ids) expect(await topicsOf(id)).toEqual([]);
  expect(await database.prisma.order.count()).toBe(2);
});

it('none of an order on its way, of one that moved since, or that were sent since or not at all', async () => {
  const onItsWay = await placed('reserved', 'charged', 'delivering');
  const moved = await placed(...COMPLETED);
  const sentSince = await placed(...COMPLETED);
  const unsent = await placed(...CANCELLED);
  for (const id of [onItsWay, moved]) await published(id, 31);
  await published(sentSince, 29);
  for (const id of [onItsWay, sentSince, unsent]) await rested(id, 31);
  await rested(moved, 29);
  expect(await prune()).toBe(0);
});

it('whatever a reset tells again of an order whose events were pruned, none of it is sent a second time', async () => {
  const asked = fc.record({
    done: fc.constantFrom(COMPLETED, CANCELLED),
    // Some may be left: a death, or a row that was in other hands.
    gone: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 }),
    again: fc.array(fc.constantFrom(...new Set([...COMPLETED, ...CANCELLED])), { maxLength: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(asked, async ({ done, gone, again }) => {
      const id = await placed(...done);
      await published(id, 1);
      await rested(id, 31);
      await database.prisma.$executeRaw`UPDATE outbox_events SET published_at = now() - interval '31 days'
        WHERE order_id = ${id} AND sequence = ANY(${gone})`;
      expect(await prune()).toBe(gone.length);
      const left = await topicsOf(id);
      for (const step of again) await record(steps(id)[step]);
      expect(await topicsOf(id)).toEqual(left);
      expect((await database.store.find(id))?.order.status).toBe(done === COMPLETED ? 'COMPLETED' : 'CANCELLED');
    }),
    { numRuns: 10 },
  );
});

it('a refund of an order whose events were pruned is told, and once, also when its own event is gone', async () => {
  const id = await placed(...COMPLETED);
  const refund = () =>
    recordRefund(
      database.prisma,
      { operationId: 'r1', orderId: id, amount: 5, reason: 'a scratch', requestedBy: '3' },
      {},
    );
  await Promise.all([published(id, 31), rested(id, 31)]);
  expect(await prune()).toBe(6);
  expect((await refund()).isNew).toBe(true);
  expect(await topicsOf(id)).toEqual(['payment-refunded']);
  await Promise.all([published(id, 31), rested(id, 31)]);
  expect(await prune()).toBe(1);
  expect((await refund()).isNew).toBe(false);
  expect(await topicsOf(id)).toEqual([]);
});
