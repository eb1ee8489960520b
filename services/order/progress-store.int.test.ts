import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderProgress } from '../../contracts/activities/order-activities.js';
import { checkedEvent } from '../../contracts/events/order-event.js';
import { OrderNotFound, recentOrders, recordProgress, recordRefund, type RecentOrders } from './progress-store.js';
import { newOrder, openOrderDatabase, progress, type OrderDatabase } from './testing/order-database.js';
import { createTimelineStore } from './timeline-store.js';

let database: OrderDatabase;
beforeAll(async () => {
  database = await openOrderDatabase();
});
afterAll(() => database.close());

async function placed(): Promise<string> {
  const order = newOrder({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
  await database.store.place(order);
  return order.id;
}

const orderOf = async (id: string) => (await database.store.find(id))?.order;
const eventsOf = (orderId: string) =>
  database.prisma.outboxEvent.findMany({ where: { orderId }, orderBy: { sequence: 'asc' } });
const topicsOf = async (id: string) => (await eventsOf(id)).map(({ sequence, topic }) => `${sequence} ${topic}`);

/** A whole order, step by step. */
const steps = (id: string) => ({
  reserved: progress(
    id,
    'reserve-stock',
    { status: 'INVENTORY_RESERVED', stockDecision: { outcome: 'reserved' } },
    { topic: 'inventory-reserved' },
  ),
  charged: progress(
    id,
    'charge-payment',
    { status: 'PAYMENT_COMPLETED', paymentId: 'pay_1' },
    { topic: 'payment-completed' },
  ),
  delivering: progress(
    id,
    'start-delivery',
    { status: 'DELIVERY_STARTED', deliveryId: 'del_1', trackingNumber: 'T1' },
    { topic: 'delivery-started' },
  ),
  completed: progress(
    id,
    'commit-stock',
    { status: 'COMPLETED' },
    { topic: 'delivery-completed' },
    { topic: 'order-completed' },
  ),
});

const allTopics = [
  '1 order-created',
  '2 inventory-reserved',
  '3 payment-completed',
  '4 delivery-started',
  '5 delivery-completed',
  '6 order-completed',
];

/** Processes that record in turns, with what each remembers of its own writing. */
const recorders: { by: string; processes: (RecentOrders | undefined)[] }[] = [
  { by: 'a process that remembers nothing', processes: [undefined] },
  { by: 'a process that remembers', processes: [recentOrders()] },
  { by: 'two processes that remember', processes: [recentOrders(), recentOrders()] },
];

describe.each(recorders)('recording progress by $by', ({ processes }) => {
  let turn = 0;
  const record = (step: OrderProgress) =>
    recordProgress(database.prisma, step, {}, processes[turn++ % processes.length]);

  it('moves the order, fills its timeline and counts its events without a hole', async () => {
    const id = await placed();
    const moves = [];
    for (const step of Object.values(steps(id))) moves.push((await record(step)).moved);
    expect(moves).toEqual(['INVENTORY_RESERVED', 'PAYMENT_COMPLETED', 'DELIVERY_STARTED', 'COMPLETED']);
    expect(await orderOf(id)).toMatchObject({ status: 'COMPLETED', paymentId: 'pay_1', trackingNumber: 'T1' });
    expect(await topicsOf(id)).toEqual(allTopics);
    const events = (await eventsOf(id)).map(({ event }) => checkedEvent(event));
    expect(events.map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(events[1]?.data.paymentId).toBeUndefined();
    expect(events[2]?.data).toMatchObject({ paymentId: 'pay_1' });
    expect(events[5]?.data).toMatchObject({ paymentId: 'pay_1', deliveryId: 'del_1', trackingNumber: 'T1' });
    expect(events.map(({ traceparent }) => traceparent?.slice(3, 35))).toEqual(
      Array.from({ length: 6 }, () => '0af7651916cd43dd8448eb211c80319c'),
    );
    expect(await database.prisma.timelineEntry.count({ where: { orderId: id } })).toBe(5);
    const row = await database.prisma.order.findUniqueOrThrow({ where: { id } });
    expect(row.workflowStartedAt).not.toBeNull();
    expect(row.eventCount).toBe(6);
  });

  it('changes nothing when a step comes twice, late, or all of them again after a reset', async () => {
    const id = await placed();
    const { reserved, charged, delivering, completed } = steps(id);
    await record(reserved);
    expect((await record(reserved)).moved).toBeUndefined();
    await record(charged);
    expect((await record(reserved)).moved).toBeUndefined();
    expect(await orderOf(id)).toMatchObject({ status: 'PAYMENT_COMPLETED' });
    for (const step of [reserved, charged, delivering, completed]) await record(step);
    expect(await orderOf(id)).toMatchObject({ status: 'COMPLETED' });
    for (const step of [reserved, charged, delivering]) expect((await record(step)).moved).toBeUndefined();
    expect(await orderOf(id)).toMatchObject({ status: 'COMPLETED' });
    expect(await topicsOf(id)).toEqual(allTopics);
    expect(await database.prisma.timelineEntry.count({ where: { orderId: id } })).toBe(5);
  });

  it('leaves no hole and no double when the same steps come at the same time', async () => {
    const id = await placed();
    const { reserved, charged, delivering, completed } = steps(id);
    const moved: unknown[] = [];
    for (const step of [reserved, charged, delivering, completed]) {
      const results = await Promise.all(Array.from({ length: 6 }, () => record(step)));
      moved.push(...results.flatMap((result) => (result.moved === undefined ? [] : [result.moved])));
    }
    expect(moved).toEqual(['INVENTORY_RESERVED', 'PAYMENT_COMPLETED', 'DELIVERY_STARTED', 'COMPLETED']);
    expect(await topicsOf(id)).toEqual(allTopics);
  });

  it('adds what is missing when only a part of a step had been written', async () => {
    const id = await placed();
    await record(progress(id, 'commit-stock', {}, { topic: 'delivery-completed' }));
    const { reserved, charged, delivering, completed } = steps(id);
    for (const step of [reserved, charged, delivering, completed]) await record(step);
    const topics = await topicsOf(id);
    expect(topics[1]).toBe('2 delivery-completed');
    expect(topics.at(-1)).toBe('6 order-completed');
    expect(topics).toHaveLength(6);
  });

  it('writes all of a step or none', async () => {
    const id = await placed();
    const { reserved } = steps(id);
    const broken = { ...reserved, entry: { ...reserved.entry, key: null as unknown as string } };
    await expect(record(broken)).rejects.toThrow();
    expect(await orderOf(id)).toMatchObject({ status: 'PENDING' });
    expect(await topicsOf(id)).toEqual(['1 order-created']);
  });

  it('writes nothing of a step whose event does not fit its schema, and says which field', async () => {
    const id = await placed();
    const failed = { topic: 'payment-failed', reason: '' } as const;
    const step = progress(id, 'charge-payment', { status: 'CANCELLING' }, failed);
    await expect(record(step)).rejects.toThrow('data.reason: Invalid input: expected string, received undefined');
    expect(await orderOf(id)).toMatchObject({ status: 'PENDING' });
    expect(await topicsOf(id)).toEqual(['1 order-created']);
    expect(await database.prisma.timelineEntry.count({ where: { orderId: id } })).toBe(1);
  });

  it('tells of a payment that could not be made in time, though nobody knows its id', async () => {
    const id = await placed();
    const reason = 'PAYMENT_TIMEOUT';
    const late = progress(
      id,
      'charge-payment',
      { status: 'CANCELLING', cancelReason: reason },
      { topic: 'payment-failed', reason },
    );
    await record(late);
    expect((await eventsOf(id)).at(-1)?.event).toMatchObject({ data: { reason } });
  });

  it('goes on without the ids of steps that an operator settled elsewhere', async () => {
    const id = await placed();
    const { reserved, charged, delivering, completed } = steps(id);
    const settled = [charged, delivering].map((step) => ({ ...step, patch: { status: step.patch.status } }));
    for (const step of [reserved, ...settled, completed]) await record(step);
    expect(await topicsOf(id)).toEqual(allTopics);
  });

  it('keeps the first decision about stock', async () => {
    const id = await placed();
    const shortage = { outcome: 'insufficient', productId: 1, requested: 9, available: 5 } as const;
    await record(progress(id, 'a', { stockDecision: shortage }));
    await record(progress(id, 'b', { stockDecision: { outcome: 'cancelled' } }));
    expect((await database.store.find(id))?.stockDecision).toEqual(shortage);
  });

  it('tells why with the events and keeps the reason with which the order was cancelled', async () => {
    const id = await placed();
    const reason = 'PAYMENT_DECLINED';
    await record(steps(id).reserved);
    const failed = { topic: 'payment-failed', reason } as const;
    await record(progress(id, 'charge', { status: 'CANCELLING', cancelReason: reason, paymentId: 'pay_1' }, failed));
    await record(progress(id, 'end', { status: 'CANCELLED' }, { topic: 'order-cancelled', reason }));
    await record(progress(id, 'late', { status: 'CANCELLING', cancelReason: 'CUSTOMER_REQUEST', cancelNote: 'no' }));
    const order = await orderOf(id);
    expect(order).toMatchObject({ status: 'CANCELLED', cancelReason: reason });
    expect(order).not.toHaveProperty('cancelNote', 'no');
    const events = (await eventsOf(id)).slice(-2).map(({ event }) => checkedEvent(event));
    expect(events.map(({ data }) => data.reason)).toEqual([reason, reason]);
  });

  it('tells of no cancellation that the order can not have', async () => {
    const id = await placed();
    const { reserved, charged, delivering } = steps(id);
    for (const step of [reserved, charged, delivering]) await record(step);
    const reason = 'CUSTOMER_REQUEST';
    const told = { topic: 'order-cancelled', reason } as const;
    const late = progress(id, 'cancelled', { status: 'CANCELLED', cancelReason: reason }, told);
    expect((await record(late)).moved).toBeUndefined();
    expect(await orderOf(id)).toMatchObject({ status: 'DELIVERY_STARTED' });
    expect(await topicsOf(id)).toEqual(allTopics.slice(0, 4));
    await record(progress(id, 'undo', { status: 'CANCELLING', cancelReason: reason }));
    await record(late);
    expect((await topicsOf(id)).at(-1)).toBe('5 order-cancelled');
  });

  it('shows the need of attention while it lasts, and not again when the request comes late', async () => {
    const id = await placed();
    const asked = (since: string, error = 'down') =>
      ({ attention: { step: 'charge-payment', since, reason: 'UNAVAILABLE', error } }) as const;
    await record(progress(id, 'wait-1', asked('2026-01-01T00:00:00.000Z')));
    expect(await orderOf(id)).toMatchObject({ needsAttention: true, attention: { step: 'charge-payment' } });
    await record(progress(id, 'wait-1b', asked('2026-01-01T00:00:00.000Z', 'still down')));
    expect(await orderOf(id)).toMatchObject({ attention: { error: 'still down' } });
    await record(progress(id, 'wait-1-over', { attention: null }));
    await record(progress(id, 'wait-1', asked('2026-01-01T00:00:00.000Z')));
    expect(await orderOf(id)).toMatchObject({ needsAttention: false });
    expect(await orderOf(id)).not.toHaveProperty('attention');
    // The run after a reset has the same keys and another time.
    await record(progress(id, 'wait-1', asked('2026-01-01T01:00:00.000Z')));
    expect(await orderOf(id)).toMatchObject({ needsAttention: true });
    await record(progress(id, 'wait-1-over', { attention: null }));
    expect(await orderOf(id)).toMatchObject({ needsAttention: false });
  });

  it('rejects what belongs to no order', async () => {
    await expect(record(progress('ord_none', 'a'))).rejects.toThrow(OrderNotFound);
  });
});

describe('a refund', () => {
  const refund = (orderId: string, operationId: string, amount = 500_000) =>
    recordRefund(database.prisma, { operationId, orderId, amount, reason: 'a scratch', requestedBy: '3' }, {});

  it('stands in the order and its timeline, and each is an event, in sequence, however often they are told', async () => {
    const id = await placed();
    const { completed, ...before } = steps(id);
    for (const step of Object.values(before)) await recordProgress(database.prisma, step, {});
    const asked = ['r1', 'r2', 'r1', 'r2', 'r1'];
    const news = (await Promise.all(asked.map((operation) => refund(id, operation)))).filter(({ isNew }) => isNew);
    expect(news).toHaveLength(2);
    await recordProgress(database.prisma, completed, {}, recentOrders());
    expect(await refund(id, 'r3', 5)).toEqual({ isNew: true, currency: 'KRW' });
    expect(await refund(id, 'r3', 5)).toEqual({ isNew: false, currency: 'KRW' });

    const events = (await eventsOf(id)).map(({ event }) => checkedEvent(event));
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, index) => index + 1));
    const told = events.filter(({ type }) => type === 'holdfast.payment-refunded.v1');
    expect(told.map((event) => event.id).sort()).toEqual(['r1', 'r2', 'r3'].map((r) => `${id}:payment-refunded:${r}`));
    expect(told[2]?.data).toMatchObject({ refundId: 'r3', amount: 5, paymentId: 'pay_1', currency: 'KRW' });

    const { refunds } = (await orderOf(id)) ?? {};
    expect(refunds).toMatchObject([{}, {}, { id: 'r3', amount: 5, reason: 'a scratch', requestedBy: '3' }]);
    const entries = await createTimelineStore(database.prisma).read(id);
    expect(entries.filter(({ step }) => step === 'refunded')).toMatchObject([
      { detail: '500000 KRW', service: 'payment-service', operator: { id: '3', note: 'a scratch' } },
      {},
      { detail: '5 KRW' },
    ]);
  });

  it('of no order is refused', async () => {
    await expect(refund('ord_none', 'r1')).rejects.toThrow(OrderNotFound);
  });
});
