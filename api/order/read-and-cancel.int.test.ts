import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Timeline } from '../../contracts/http/orders.js';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { deliveryUpdate } from '../../workflows/order/messages.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

let api: OrderApi;
beforeAll(async () => {
  api = await startOrderApi('read_and_cancel');
});
afterAll(() => api.close());
beforeEach(() => {
  api.shop.reset();
  api.shop.stock.set(1, 1_000);
});

const one = { productId: 1, quantity: 1 };

async function placed(headers: Record<string, string> = {}): Promise<string> {
  const answer = await api.post(one, headers);
  expect(answer.status).toBe(201);
  return (answer.body as { id: string }).id;
}

async function carrierTells(id: string, status: 'in_transit' | 'delivered'): Promise<void> {
  if (status === 'delivered') api.shop.carrierSays(id, 'delivered');
  const handle = api.temporal.client.workflow.getHandle(workflowIdOf(id));
  await handle.signal(deliveryUpdate, { status, at: new Date().toISOString() });
  const seen = () => api.database.prisma.timelineEntry.count({ where: { orderId: id, key: 'in-transit' } });
  if (status === 'in_transit') await waitFor('the order to be in transit', seen);
}

describe('reading', () => {
  it('an order is for its owner and for admins; for others it is not there', async () => {
    const id = await placed();
    for (const bearer of [api.alice, api.admin]) expect((await api.get(`/orders/${id}`, bearer)).status).toBe(200);
    const others = await api.get(`/orders/${id}`, api.bob);
    const none = await api.get('/orders/ord_none', api.bob);
    expect([others.status, none.status]).toEqual([404, 404]);
    expect({ ...(others.body as object), traceId: '' }).toEqual({ ...(none.body as object), traceId: '' });
    expect((await api.get(`/orders/${id}`, api.service)).status).toBe(404);
    expect((await api.get(`/orders/${id}`, '')).status).toBe(401);
  });

  it('lists page through the own orders, newest first', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) ids.unshift(await placed());
    const first = (await api.get('/orders?limit=2')).body as { items: { id: string }[]; nextCursor: string };
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const next = await api.get(`/orders?limit=1&cursor=${encodeURIComponent(first.nextCursor)}`);
    expect((next.body as { items: { id: string }[] }).items.map(({ id }) => id)).toEqual([ids[2]]);
    expect((await api.get('/orders', api.bob)).body).toEqual({ items: [], nextCursor: null });
  });

  it("another's list is for admins, who see everybody's when they name none", async () => {
    const id = await placed();
    expect((await api.get('/orders?userId=1', api.bob)).status).toBe(403);
    for (const path of ['/orders?userId=1', '/orders?limit=1']) {
      const { items } = (await api.get(path, api.admin)).body as { items: { id: string }[] };
      expect(items[0]?.id).toBe(id);
    }
    expect((await api.get('/orders?userId=2', api.admin)).body).toEqual({ items: [], nextCursor: null });
  });

  it('lists are filtered, and refuse what they do not know', async () => {
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    const found = async (query: string) => {
      const { items } = (await api.get(`/orders?limit=100&${query}`)).body as {
        items: { id: string; status: string }[];
      };
      return items;
    };
    const started = await found('status=DELIVERY_STARTED');
    expect(started.map((order) => order.id)).toContain(id);
    expect(new Set(started.map(({ status }) => status))).toEqual(new Set(['DELIVERY_STARTED']));
    expect(await found('status=COMPLETED')).toEqual([]);
    expect(await found('needsAttention=true')).toEqual([]);
    expect((await found('needsAttention=false')).map((order) => order.id)).toContain(id);
    expect(await found('cancelReason=CUSTOMER_REQUEST')).toEqual([]);
    await api.cancel(id);
    const cancelled = await found('cancelReason=CUSTOMER_REQUEST');
    expect(cancelled.map((order) => order.id)).toEqual([id]);
    expect(await found('cancelReason=PAYMENT_DECLINED')).toEqual([]);
    for (const query of [
      'status=NEW',
      'cancelReason=NONE',
      'limit=0',
      'limit=101',
      'cursor=x',
      'userId=0',
      'sort=up',
    ]) {
      expect((await api.get(`/orders?${query}`)).status, query).toBe(400);
    }
  });
});

describe('cancelling', () => {
  it('undoes the order and answers with it, and again', async () => {
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    const answer = await api.cancel(id, api.alice, { note: 'changed my mind' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id,
      status: 'CANCELLED',
      cancelReason: 'CUSTOMER_REQUEST',
      cancelNote: 'changed my mind',
    });
    expect(api.shop.stock.get(1)).toBe(1_000);
    expect(api.shop.payment(id)).toBe('refunded');
    const again = await api.cancel(id);
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ status: 'CANCELLED', cancelNote: 'changed my mind' });
    expect(api.logLines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ message: 'order cancelled', orderId: id, reason: 'CUSTOMER_REQUEST' }),
    );
  });

  it('by an admin is an operator’s request, and others do not see the order', async () => {
    const id = await placed();
    expect((await api.cancel(id, api.bob)).status).toBe(404);
    expect((await api.cancel(id, api.alice, { why: 'x' })).status).toBe(400);
    const answer = await api.cancel(id, api.admin);
    expect(answer.body).toMatchObject({ status: 'CANCELLED', cancelReason: 'OPERATOR_REQUEST' });
  });

  it('keeps what an operator wrote for admins, in whatever shows the order', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const id = await placed(key);
    await api.cancel(id, api.admin, { note: 'looks like fraud' });
    for (const path of [`/orders/${id}`, '/orders?userId=1', `/orders/${id}/events`]) {
      expect((await api.get(path, api.admin)).text, path).toContain('looks like fraud');
      expect((await api.get(path)).text, path).toContain(id);
      expect((await api.get(path)).text, path).not.toContain('fraud');
    }
    for (const { body } of [await api.post(one, key), await api.cancel(id)]) {
      expect(body).toMatchObject({ id, cancelReason: 'OPERATOR_REQUEST' });
      expect(body).not.toHaveProperty('cancelNote');
    }
    expect((await api.get(`/orders/${id}/timeline`)).text).not.toContain('fraud');
  });

  it('is one undo, however many ask at once', async () => {
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    const held = api.shop.hold('refund-payment');
    // Temporal has ten updates of a workflow under way and turns away the eleventh, which the client repeats meanwhile.
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.cancel(id)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    held.release();
    await api.reaches(id, 'CANCELLED');
    const { items } = (await api.get(`/orders/${id}/timeline`)).body as Timeline;
    expect(items.filter(({ step }) => step === 'cancel')).toHaveLength(1);
  });

  it('before stock is decided answers the one who ordered too', async () => {
    const held = api.shop.hold('reserve-stock');
    const ordering = api.post(one, { 'idempotency-key': 'cancelled early' }).then((answer) => answer);
    await held.reached;
    const [row] = await api.database.store.list({ userId: 1, status: 'PENDING' }, 1);
    const cancelling = api.cancel(row!.order.id).then((answer) => answer);
    await waitFor('the wish to be heard', async () => {
      const { raw } = await api.temporal.client.workflow.getHandle(workflowIdOf(row!.order.id)).describe();
      return Number(raw.workflowExecutionInfo?.historyLength) > 0;
    });
    held.release();
    expect((await cancelling).body).toMatchObject({ status: 'CANCELLED', cancelReason: 'CUSTOMER_REQUEST' });
    const ordered = await ordering;
    expect(ordered.status).toBe(201);
    expect(api.shop.stock.get(1)).toBe(1_000);
  });

  it('is refused once the carrier has it, and when it was delivered', async () => {
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    await carrierTells(id, 'in_transit');
    const refused = await api.cancel(id);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'not-cancellable' });
    await carrierTells(id, 'delivered');
    await api.reaches(id, 'COMPLETED');
    expect((await api.cancel(id)).status).toBe(409);
    expect(api.logLines.some((line) => line.includes('order completed') && line.includes(id))).toBe(true);
  });

  it('that takes longer is answered with 202 and goes on', async () => {
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    api.shop.down('refund-payment');
    const answer = await api.cancel(id);
    expect(answer.status).toBe(202);
    expect(answer.headers['location']).toBe(`/orders/${id}`);
    expect(answer.body).toMatchObject({ status: 'CANCELLING' });
    api.shop.up('refund-payment');
    await api.reaches(id, 'CANCELLED');
  });

  it.each(['unreachable', 'ended', 'refused', 'accepted'] as const)(
    'while another cancels it, and what was asked ends as %s: what the row says is answered',
    async (outcome) => {
      const id = await placed();
      await api.reaches(id, 'DELIVERY_STARTED');
      const sagas = {
        ...api.context.sagas,
        cancel: async (...asked: Parameters<typeof api.context.sagas.cancel>) => {
          await api.context.sagas.cancel(...asked);
          return { outcome };
        },
      };
      const answer = await supertest(api.app({ sagas }))
        .post(`/orders/${id}/cancel`)
        .set({ authorization: api.alice })
        .send({});
      expect([answer.status, answer.body]).toMatchObject([200, { status: 'CANCELLED' }]);
    },
  );

  it('of an order whose workflow ended without it is refused, not promised', async () => {
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    await api.temporal.client.workflow.getHandle(workflowIdOf(id)).terminate();
    expect((await api.cancel(id)).status).toBe(409);
  });
});
