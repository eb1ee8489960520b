import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import supertest from 'supertest';
import { createUserClient } from '../../clients/user-client.js';
import { createTemporalClient } from '../../platform/temporal/client.js';
import { startSweeper } from '../../workers/sweeper.js';
import { createOrderSagas } from './order-sagas.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';
import { USUAL_TIMES } from '../../workflows/order/testing/usual-times.js';

let api: OrderApi;
beforeAll(async () => {
  api = await startOrderApi('neighbours_down');
});
afterAll(() => api.close());
beforeEach(() => {
  api.shop.reset();
  api.shop.stock.set(1, 1_000);
});
afterEach(() => {
  api.neighbours.down.users = false;
  api.neighbours.down.products = false;
});

const one = { productId: 1, quantity: 1 };
const shippingAddress = { name: 'Alice', line1: '1 Street', city: 'Seoul', postalCode: '04524', country: 'KR' };
const orders = () => api.database.prisma.order.count();

describe('while the product service is down', () => {
  it('there is no price, so nothing is ordered', async () => {
    api.neighbours.down.products = true;
    const before = await orders();
    const answer = await api.post(one);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ code: 'pricing-unavailable' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await orders()).toBe(before);
  });

  it('a repeat is answered all the same', async () => {
    const headers = { 'idempotency-key': 'before it went down' };
    const first = await api.post(one, headers);
    api.neighbours.down.products = true;
    api.neighbours.down.users = true;
    const again = await api.post(one, headers);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((again.body as { id: string }).id).toBe((first.body as { id: string }).id);
  });
});

describe('while the user service is down', () => {
  it('the token is believed, the order says so, and its address has to come with it', async () => {
    const users = createUserClient({ urls: [api.neighbours.url], token: () => Promise.resolve('t') });
    const app = api.app({ users });
    const post = (body: object) => supertest(app).post('/orders').set('authorization', api.alice).send(body);
    api.neighbours.down.users = true;
    const answer = await post({ ...one, shippingAddress });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ userId: 1, userVerified: false, shippingAddress });
    const bare = await post(one);
    expect(bare.status).toBe(400);
    expect(bare.body).toMatchObject({ errors: [{ path: 'shippingAddress' }] });
  });

  it('it vouches for its holder alone: an order for somebody else is not taken', async () => {
    const users = createUserClient({ urls: [api.neighbours.url], token: () => Promise.resolve('t') });
    const app = api.app({ users });
    api.neighbours.down.users = true;
    const before = await orders();
    const post = (userId: number) =>
      supertest(app)
        .post('/orders')
        .set('authorization', api.admin)
        .send({ ...one, shippingAddress, userId });
    for (const userId of [1, 999]) {
      const answer = await post(userId);
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({ code: 'user-unavailable' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(await orders()).toBe(before);
    const own = await post(3);
    expect(own.status).toBe(201);
    expect(own.body).toMatchObject({ userId: 3, userVerified: false });
  });

  it('it is soon left alone', async () => {
    const users = createUserClient({ urls: [api.neighbours.url], token: () => Promise.resolve('t') });
    const app = api.app({ users });
    api.neighbours.down.users = true;
    const before = api.neighbours.calls.users;
    for (let count = 0; count < 12; count++) {
      const answer = await supertest(app).post('/orders').set('authorization', api.alice).send(one);
      expect(answer.status).toBe(400);
    }
    expect(api.neighbours.calls.users - before).toBeLessThanOrEqual(10);
  });
});

describe('while no worker runs the Saga', () => {
  it('the answer is 202 when the time is up; the order goes on when there is one again', async () => {
    await api.stopWorkers();
    const app = api.app({ orderWaitMs: 1_000 });
    const headers = { authorization: api.alice, 'idempotency-key': 'nobody there' };
    const started = Date.now();
    const answer = await supertest(app).post('/orders').set(headers).send(one);
    expect(answer.status).toBe(202);
    expect(Date.now() - started).toBeLessThan(3_000);
    const { id } = answer.body as { id: string };
    expect(answer.headers['location']).toBe(`/orders/${id}`);
    expect(answer.body).toMatchObject({ status: 'PENDING' });

    await api.startWorkers();
    await api.reaches(id, 'DELIVERY_STARTED');
    const again = await api.post(one, headers);
    expect(again.status).toBe(202);
    expect(again.body).toMatchObject({ id, status: 'DELIVERY_STARTED' });
  });

  it('it is asked for longer than Temporal waits by itself', async () => {
    await api.stopWorkers();
    const app = api.app({ orderWaitMs: 40_000 });
    const answering = supertest(app).post('/orders').set('authorization', api.alice).send(one);
    // It is the time that is tested: update-with-start gives up after three seconds without a worker.
    const [answer] = await Promise.all([answering, pause(3_500).then(() => api.startWorkers())]);
    expect(answer.status).toBe(201);
  });
});

describe('while Temporal is down', () => {
  it('orders are taken, and started when it is back', async () => {
    const nowhere = createTemporalClient({
      address: '127.0.0.1:1',
      namespace: 'none',
      payloadKeys: { keys: { test: Buffer.alloc(32, 7).toString('base64') }, current: 'test' },
    });
    const { logger, store } = api.context;
    const sagas = createOrderSagas({ workflows: nowhere.client.workflow, times: USUAL_TIMES, logger });
    const app = api.app({ sagas, orderWaitMs: 1_000 });
    const post = (headers: object) =>
      supertest(app)
        .post('/orders')
        .set({ authorization: api.alice, ...headers })
        .send(one);
    const answers = await Promise.all([post({}), post({ prefer: 'respond-async' })]);
    // Nobody would carry it out, so it is not promised.
    const { id } = answers[0].body as { id: string };
    const cancelled = await supertest(app).post(`/orders/${id}/cancel`).set('authorization', api.alice).send({});
    expect(cancelled.status).toBe(503);
    expect(cancelled.body).toMatchObject({ code: 'cancel-unavailable' });
    await nowhere.close();
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);

    const workflows = api.temporal.client.workflow;
    const sweeper = startSweeper({ store, workflows, times: USUAL_TIMES, logger, everyMs: 100, olderThanMs: 0 });
    for (const { body } of answers) await api.reaches((body as { id: string }).id, 'DELIVERY_STARTED');
    await sweeper.stop();
  });
});
