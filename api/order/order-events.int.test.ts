import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { orderSchema, type Order } from '../../contracts/http/orders.js';
import { listen, type Listening } from '../../platform/listen.js';
import { startStatusListener } from '../../services/order/status-changes.js';
import { readEventStream, type HeardEvent } from '../../tests/support/event-stream.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { deliveryUpdate } from '../../workflows/order/messages.js';
import { createEventStreams, STREAM_LIMITS, type EventStreams, type StreamLimits } from './event-streams.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

let api: OrderApi;
const instances: Listening[] = [];
beforeAll(async () => {
  api = await startOrderApi('order_events');
});
afterAll(async () => {
  api.context.streams.close();
  await Promise.all(instances.map((instance) => instance.close()));
  await api.close();
});
beforeEach(() => {
  api.shop.reset();
  api.shop.stock.set(1, 1_000);
});

async function instance(limits: Partial<StreamLimits> = {}): Promise<{ url: string; streams: EventStreams }> {
  const streams = createEventStreams({ ...STREAM_LIMITS, ...limits });
  const { database, context } = api;
  const listener = startStatusListener({ databaseUrl: database.url, service: 'instance', logger: context.logger });
  const server = await listen(api.app({ streams, listener }), { host: '127.0.0.1', port: 0 });
  const close = async () => {
    streams.close();
    await server.close();
    await listener.stop();
  };
  instances.push({ ...server, close });
  return { url: server.url, streams };
}

/** An order that waits for its carrier, or for what is held before. */
async function placed(headers: Record<string, string> = {}): Promise<string> {
  return ((await api.post({ productId: 1, quantity: 1 }, headers)).body as Order).id;
}
const watch = (url: string, id: string, authorization = api.alice, lastEventId?: string) =>
  readEventStream<Order>(`${url}/orders/${id}/events`, {
    authorization,
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  });
const inWords = (events: HeardEvent<Order>[]) => events.map(({ id, data }) => `${id} ${data.status}`);

async function deliver(id: string): Promise<void> {
  api.shop.carrierSays(id, 'delivered');
  const handle = api.temporal.client.workflow.getHandle(workflowIdOf(id));
  await handle.signal(deliveryUpdate, { status: 'delivered', at: new Date().toISOString() });
}

const allOfIt = ['1 PENDING', '2 INVENTORY_RESERVED', '3 PAYMENT_COMPLETED', '4 DELIVERY_STARTED', '5 COMPLETED'];

describe('the events of an order', () => {
  it('are the order at each change of its status, at each instance, and end with the final one', async () => {
    const [one, other] = [await instance(), await instance()];
    const held = api.shop.hold('reserve-stock');
    const id = await placed({ prefer: 'respond-async' });
    await held.reached;
    const streams = await Promise.all([watch(one.url, id), watch(other.url, id), watch(other.url, id, api.admin)]);
    for (const stream of streams) {
      expect(stream.headers.get('content-type')).toBe('text/event-stream');
      await stream.hears(1);
    }
    held.release();
    await api.reaches(id, 'DELIVERY_STARTED');
    await deliver(id);
    for (const { ended, heard } of streams) {
      await ended;
      expect(inWords(heard)).toEqual(allOfIt);
      for (const { data } of heard) expect(orderSchema.parse(data).id).toBe(id);
      expect(heard[1]?.data).not.toHaveProperty('paymentId');
      expect(heard.at(-1)?.data).toEqual((await api.get(`/orders/${id}`)).body);
    }
    await waitFor('nothing to be left', () => one.streams.count() + other.streams.count() === 0);

    const late = await watch(one.url, id);
    await late.ended;
    expect(inWords(late.heard)).toEqual(['5 COMPLETED']);
    const again = await watch(one.url, id, api.alice, '3');
    await again.ended;
    expect(inWords(again.heard)).toEqual(allOfIt.slice(3));
    // A browser asks again after the end; not after this.
    expect((await watch(one.url, id, api.alice, '5')).status).toBe(204);
  });

  it('go on where they broke off', async () => {
    const { url } = await instance();
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    const first = await watch(url, id);
    await first.hears(1);
    first.leave();
    await deliver(id);
    await api.reaches(id, 'COMPLETED');
    const second = await watch(url, id, api.alice, first.heard[0]?.id);
    await second.ended;
    expect(inWords(second.heard)).toEqual(['5 COMPLETED']);
  });

  it('are for its owner and for admins; others are told that it is not there', async () => {
    const { url, streams } = await instance();
    const id = await placed();
    for (const [bearer, order] of [
      [api.bob, id],
      [api.service, id],
      [api.alice, 'ord_none'],
    ] as const) {
      const { status, headers } = await watch(url, order, bearer);
      expect(status).toBe(404);
      expect(headers.get('content-type')).toContain('application/problem+json');
    }
    expect((await watch(url, id, '')).status).toBe(401);
    expect(
      (await fetch(`${url}/orders/${id}/events`, { method: 'HEAD', headers: { authorization: api.alice } })).status,
    ).toBe(200);
    expect(streams.count()).toBe(0);
  });
});

describe('a stream ends with its caller', () => {
  it('at once when there is something to tell, within moments when there is not', async () => {
    const { url, streams } = await instance({ recheckMs: 200 });
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    const [gone, stays] = [await api.issuer.bearer(1, 'customer'), await api.issuer.bearer(1, 'customer')];
    const heard = [await watch(url, id, gone), await watch(url, id, stays)];
    for (const stream of heard) await stream.hears(1);
    api.issuer.end(gone);
    await heard[0]!.ended;
    expect(streams.count()).toBe(1);
    expect((await watch(url, id, gone)).status).toBe(401);
    const slow = await instance({ recheckMs: 60_000 });
    const before = await watch(slow.url, id, stays);
    await before.hears(1);
    api.issuer.end(stays);
    await deliver(id);
    await before.ended;
    expect(inWords(before.heard)).toEqual(['4 DELIVERY_STARTED']);
  });
});

describe('what a stream may cost', () => {
  it('is given back when its caller leaves', async () => {
    const { url, streams } = await instance();
    const id = await placed();
    const stream = await watch(url, id);
    await stream.hears(1);
    expect(streams.count()).toBe(1);
    stream.leave();
    await waitFor('it to be forgotten', () => streams.count() === 0);
  });

  it('is a few at a time, of one caller and of all', async () => {
    const { url } = await instance({ perCaller: 2, perProcess: 3 });
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    const mine = [await watch(url, id), await watch(url, id)];
    const third = await watch(url, id);
    expect(third.status).toBe(429);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    const admins = await watch(url, id, api.admin);
    expect(admins.status).toBe(200);
    expect((await watch(url, id, api.admin)).status).toBe(503);
    for (const stream of [...mine, admins]) stream.leave();
    await waitFor('a place to be free', async () => {
      const stream = await watch(url, id);
      stream.leave();
      return stream.status === 200;
    });
  });

  it('is a while: it ends by itself, and its caller comes back', async () => {
    const { url } = await instance({ longestMs: 2_000, keepAliveMs: 100 });
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    const stream = await watch(url, id);
    await stream.ended;
    expect(inWords(stream.heard)).toEqual(['4 DELIVERY_STARTED']);
    expect(stream.text()).toContain('\n\n: keep-alive\n\n');
  });

  it('does not hold up the end of the process', async () => {
    const { url, streams } = await instance();
    const server = instances.at(-1)!;
    const id = await placed();
    await api.reaches(id, 'DELIVERY_STARTED');
    const stream = await watch(url, id);
    await stream.hears(1);
    const started = Date.now();
    await server.close();
    await stream.ended;
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(streams.count()).toBe(0);
  });
});
