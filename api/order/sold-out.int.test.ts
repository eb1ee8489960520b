import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Timeline } from '../../contracts/http/orders.js';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { startSweeper } from '../../workers/sweeper.js';
import { USUAL_TIMES } from '../../workflows/order/testing/usual-times.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

let api: OrderApi;
beforeAll(async () => {
  api = await startOrderApi('sold_out');
});
afterAll(() => api.close());
beforeEach(() => {
  api.shop.reset();
  api.neighbours.down.stock = false;
});

const one = { productId: 1, quantity: 1 };
const post = (headers: Record<string, string> = {}) => api.post(one, headers).then((answer) => answer);
const idOf = ({ body }: { body: unknown }) => (body as { orderId: string }).orderId;
const hasWorkflow = (id: string) =>
  api.temporal.client.workflow
    .getHandle(workflowIdOf(id))
    .describe()
    .then(
      () => true,
      () => false,
    );

/** While the last unit is in somebody's hands who does not know it yet. */
async function whileTheLastIsTaken<T>(work: () => Promise<T>): Promise<T> {
  api.shop.stock.set(1, 1);
  const { reached, release } = api.shop.hold('reserve-stock');
  const first = post();
  await reached;
  try {
    return await work();
  } finally {
    release();
    expect((await first).status).toBe(201);
  }
}

/** All that is written of an order, without what is each order's own. */
async function writtenOf(id: string) {
  const { prisma } = api.database;
  const where = { orderId: id };
  const [order, lines, timeline, statuses, events] = await Promise.all([
    prisma.order.findUniqueOrThrow({ where: { id } }),
    prisma.orderLine.findMany({ where }),
    prisma.timelineEntry.findMany({ where, orderBy: { number: 'asc' } }),
    prisma.statusChange.findMany({ where, orderBy: { number: 'asc' } }),
    prisma.outboxEvent.findMany({ where, orderBy: { sequence: 'asc' }, omit: { id: true } }),
  ]);
  const own =
    /"(number|at|createdAt|updatedAt|publishedAt|workflowStartedAt|time|traceparent|traceId)":("[^"]*"|\d+),?/g;
  const text = JSON.stringify({ order, lines, timeline, statuses, events }, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return JSON.parse(text.replace(own, '').replaceAll(id, 'ID').replaceAll(',}', '}')) as object;
}

describe('what is sold out', () => {
  it('is answered and written as by the Saga, and without one', async () => {
    api.shop.stock.set(1, 0);
    const bySaga = await post();
    const atOnce = await whileTheLastIsTaken(() => post());
    expect(bySaga.status).toBe(409);
    expect(atOnce.status).toBe(409);
    expect(await hasWorkflow(idOf(bySaga))).toBe(true);
    expect(await hasWorkflow(idOf(atOnce))).toBe(false);

    const shown = ({ body }: { body: object }) => ({ ...body, orderId: 'ID', traceId: '' });
    expect(shown(atOnce as { body: object })).toEqual(shown(bySaga as { body: object }));
    expect(await writtenOf(idOf(atOnce))).toEqual(await writtenOf(idOf(bySaga)));
    const { items } = (await api.get(`/orders/${idOf(atOnce)}/timeline`)).body as Timeline;
    expect(items).toMatchObject([{ step: 'order-created' }, { step: 'reserve-stock', outcome: 'refused' }]);
    for (const message of ['order created', 'insufficient stock', 'order cancelled'])
      expect(api.logLines.map((line) => JSON.parse(line) as object)).toContainEqual(
        expect.objectContaining({ message, orderId: idOf(atOnce) }),
      );
  });

  it('of a hundred buyers of the last unit one gets it, and most need no Saga', async () => {
    api.shop.stock.set(1, 1);
    const answers = await Promise.all(Array.from({ length: 100 }, () => post()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(99);
    for (const { body } of refused) expect(body).toMatchObject({ productId: 1, requested: 1, available: 0 });
    expect(api.shop.countOf('reserve-stock')).toBeLessThan(20);
    expect(api.shop.stock.get(1)).toBe(0);
  });

  it('of twenty who do not wait, or whom nobody can tell, one gets it by the Saga', async () => {
    api.shop.stock.set(1, 1);
    api.neighbours.down.stock = true;
    const asked = Array.from({ length: 20 }, (_, number) => post(number % 2 === 0 ? {} : { prefer: 'respond-async' }));
    const answers = await Promise.all(asked);
    const ids = answers.map(({ body }) => {
      const { id, orderId = '' } = body as { id?: string; orderId?: string };
      return id ?? orderId;
    });
    const ended = await waitFor('all to be decided', async () => {
      const orders = await Promise.all(ids.map((id) => api.database.store.find(id)));
      return orders.every((stored) => stored?.stockDecision) && orders;
    });
    expect(ended.filter((stored) => stored?.stockDecision?.outcome === 'reserved')).toHaveLength(1);
    expect(api.shop.countOf('reserve-stock')).toBeGreaterThanOrEqual(20);
    expect(api.shop.stock.get(1)).toBe(0);
  });

  it('is answered the same when it is asked again, also where stock has come since', async () => {
    const key = { 'idempotency-key': 'sold-out' };
    const answers = await whileTheLastIsTaken(() => Promise.all([post(key), post(key), post(key)]));
    api.shop.stock.set(1, 10);
    const again = await post(key);
    expect(again.status).toBe(409);
    expect(again.headers['idempotency-replayed']).toBe('true');
    for (const { status, body } of answers) {
      expect(status).toBe(409);
      expect(body).toMatchObject({ orderId: idOf(again), available: 0 });
    }
    expect(await hasWorkflow(idOf(again))).toBe(false);
  });

  it('is over: no sweeper starts it, to cancel it is answered with it, and nothing of it can be retried', async () => {
    const id = idOf(await whileTheLastIsTaken(() => post()));
    const waiting = await api.database.store.withoutWorkflow({ olderThanMs: -1_000, limit: 1_000 });
    expect(waiting.map(({ order }) => order.id)).not.toContain(id);

    const { store } = api.database;
    const { workflow: workflows } = api.temporal.client;
    const sweeper = startSweeper({
      store,
      workflows,
      times: USUAL_TIMES,
      logger: api.context.logger,
      olderThanMs: 0,
      everyMs: 1,
    });
    try {
      const other = await api.post(one, { prefer: 'respond-async' });
      await api.reaches((other.body as { id: string }).id, 'CANCELLED');
    } finally {
      await sweeper.stop();
    }
    expect(await hasWorkflow(id)).toBe(false);

    const cancelled = await api.cancel(id);
    expect(cancelled.status).toBe(200);
    expect(cancelled.body).toMatchObject({ status: 'CANCELLED', cancelReason: 'INSUFFICIENT_STOCK' });
    expect(await hasWorkflow(id)).toBe(false);
  });

  it('is sold to the next who asks when a unit has come back', async () => {
    await whileTheLastIsTaken(async () => {
      expect((await post()).status).toBe(409);
      api.shop.stock.set(1, 1);
      api.shop.up('reserve-stock');
      expect((await post()).status).toBe(201);
    });
  });
});
