import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedEvent } from '../../contracts/events/order-event.js';
import { orderSchema } from '../../contracts/http/orders.js';
import { orderIdFor } from './order-identity.js';
import { recordProgress } from './progress-store.js';
import { newOrder, openOrderDatabase, progress, type OrderDatabase } from './testing/order-database.js';

let database: OrderDatabase;
beforeAll(async () => {
  database = await openOrderDatabase();
});
afterAll(() => database.close());

describe('placing an order', () => {
  it('writes the row, its lines, its first timeline entry and its first event', async () => {
    const order = newOrder({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', traceId: 'a1' });
    const { placed, stored } = await database.store.place(order);
    expect(placed).toBe(true);
    expect(orderSchema.parse(stored.order)).toEqual(stored.order);
    expect(await database.store.find(order.id)).toEqual(stored);

    const entries = await database.prisma.timelineEntry.findMany({ where: { orderId: order.id } });
    expect(entries).toMatchObject([{ key: 'order-created', service: 'order-service', outcome: 'done', traceId: 'a1' }]);
    const [row, ...others] = await database.prisma.outboxEvent.findMany({ where: { orderId: order.id } });
    expect(others).toEqual([]);
    expect(row).toMatchObject({ eventId: `${order.id}:order-created`, sequence: 1, topic: 'order-created' });
    const event = checkedEvent(row?.event);
    expect(event).toMatchObject({ subject: order.id, sequence: '1', traceparent: order.traceparent });
    expect(event.data).toMatchObject({ orderId: order.id, totalPrice: 3_700_000, lines: [{ productId: 1 }, {}] });
    expect(JSON.stringify(event)).not.toContain('Alice');
  });

  it('is once for a user and key, however many try at once', async () => {
    const ids = () => newOrder({ id: orderIdFor(7, 'same'), userId: 7, idempotencyKey: 'same' });
    const results = await Promise.all(Array.from({ length: 20 }, () => database.store.place(ids())));
    expect(results.filter(({ placed }) => placed)).toHaveLength(1);
    for (const { stored } of results) expect(stored).toEqual(results[0]?.stored);
    const where = { orderId: orderIdFor(7, 'same') };
    expect(await database.prisma.orderLine.count({ where })).toBe(2);
    expect(await database.prisma.outboxEvent.count({ where })).toBe(1);
    expect(await database.prisma.timelineEntry.count({ where })).toBe(1);
  });

  it('finds the order of a key for its user alone', async () => {
    const order = newOrder({ userId: 8, idempotencyKey: 'mine' });
    await database.store.place(order);
    expect((await database.store.findByKey(8, 'mine'))?.order.id).toBe(order.id);
    expect(await database.store.findByKey(9, 'mine')).toBeUndefined();
  });

  it('writes nothing at all when a part of it is refused', async () => {
    const order = newOrder();
    const broken = order.lines.map((line) => ({ ...line, quantity: 0 }));
    await expect(database.store.place({ ...order, lines: broken })).rejects.toThrow();
    expect(await database.store.find(order.id)).toBeUndefined();
    expect(await database.prisma.outboxEvent.count({ where: { orderId: order.id } })).toBe(0);
  });
});

describe('the first answer', () => {
  it('is 202 only while stock is undecided', async () => {
    const { store, prisma } = database;
    const early = newOrder();
    const late = newOrder();
    await store.place(early);
    await store.place(late);
    expect(await store.answerAsync(early.id)).toBe(true);
    await recordProgress(prisma, progress(early.id, 'reserve', { stockDecision: { outcome: 'reserved' } }), {});
    await recordProgress(prisma, progress(late.id, 'reserve', { stockDecision: { outcome: 'reserved' } }), {});
    expect(await store.answerAsync(late.id)).toBe(false);
    expect(await store.find(early.id)).toMatchObject({ answeredAsync: true, stockDecision: { outcome: 'reserved' } });
    expect(await store.find(late.id)).toMatchObject({ answeredAsync: false });
  });
});

describe('lists', () => {
  it('page through each order once, newest first, by user, status and need of attention', async () => {
    const { store, prisma } = database;
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      const order = newOrder({ userId: 42 });
      await store.place(order);
      ids.unshift(order.id);
    }
    // Two of the same millisecond, where only the id tells them apart.
    await prisma.order.updateMany({ where: { userId: 42 }, data: { createdAt: new Date('2026-01-01T00:00:00Z') } });
    const seen: string[] = [];
    for (let after: { createdAt: Date; id: string } | undefined; ;) {
      const page = await store.list({ userId: 42 }, 2, after);
      seen.push(...page.map(({ order }) => order.id));
      const last = page.at(-1);
      if (last === undefined) break;
      after = { createdAt: new Date(last.order.createdAt), id: last.order.id };
    }
    expect(seen).toEqual([...ids].sort().reverse());

    const attention = {
      step: 'charge-payment',
      since: '2026-01-01T00:00:00.000Z',
      reason: 'FAILED',
      error: 'x',
    } as const;
    await recordProgress(prisma, progress(ids[0]!, 'wait', { attention }), {});
    await recordProgress(prisma, progress(ids[1]!, 'reserve', { status: 'INVENTORY_RESERVED' }), {});
    const found = async (filter: object) =>
      (await store.list({ userId: 42, ...filter }, 10)).map(({ order }) => order.id);
    expect(await found({ needsAttention: true })).toEqual([ids[0]]);
    expect(await found({ status: 'INVENTORY_RESERVED' })).toEqual([ids[1]]);
    expect((await store.find(ids[0]!))?.order.attention).toEqual({
      step: 'charge-payment',
      since: '2026-01-01T00:00:00.000Z',
      error: 'x',
    });
  });
});

describe('orders without a workflow', () => {
  it('are those of some age that are not known to have one', async () => {
    const { store, prisma } = database;
    const [waiting, marked, recorded] = [newOrder(), newOrder(), newOrder()];
    for (const order of [waiting, marked, recorded]) await store.place(order);
    await store.markWorkflowStarted(marked.id);
    await recordProgress(prisma, progress(recorded.id, 'reserve'), {});
    const found = async (olderThanMs: number) =>
      (await store.withoutWorkflow({ olderThanMs, limit: 1_000 })).map(({ order }) => order.id);
    const ids = await found(-1_000);
    expect(ids).toContain(waiting.id);
    expect(ids).not.toContain(marked.id);
    expect(ids).not.toContain(recorded.id);
    expect(await found(60_000)).not.toContain(waiting.id);
  });
});
