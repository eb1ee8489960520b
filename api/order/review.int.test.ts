import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SagaTimes } from '../../contracts/order-saga.js';
import { timelineSchema, type Order } from '../../contracts/http/orders.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createOrderSagas } from './order-sagas.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';
import { USUAL_TIMES } from '../../workflows/order/testing/usual-times.js';

/** What one of the product costs. */
const PRICE = 3_500_000;
const REVIEWED = { reviewAbove: PRICE, reviewWindowMs: 86_400_000 };

let api: OrderApi;
beforeAll(async () => {
  api = await startOrderApi('review', REVIEWED);
});
afterAll(() => api.close());
beforeEach(() => {
  api.shop.reset();
  api.shop.stock.set(1, 1_000);
});

async function place(app = api.app(), paymentMethod = 'card_ok'): Promise<Order> {
  const request = supertest(app).post('/orders').set('authorization', api.alice);
  const answer = await request.send({ productId: 1, quantity: 1, paymentMethod });
  expect(answer.status).toBe(201);
  return answer.body as Order;
}

/** The API with other times than those of the tests here. */
const appWith = (times: SagaTimes) =>
  api.app({
    sagas: createOrderSagas({ workflows: api.temporal.client.workflow, times, logger: api.context.logger }),
  });

const decide = (id: string, decision: string, bearer = api.admin, app = api.app()) =>
  supertest(app).post(`/orders/${id}/review`).set('authorization', bearer).send({ decision, note: 'she has called' });

const timelineOf = async (id: string, bearer = api.admin) =>
  timelineSchema.parse((await api.get(`/orders/${id}/timeline`, bearer)).body).items;
const inWords = async (id: string) =>
  (await timelineOf(id)).map(({ step, outcome, detail }) => [step, outcome, ...(detail ? [detail] : [])].join(' '));
const waiting = async (bearer = api.admin) =>
  ((await api.get('/orders?review=WAITING', bearer)).body as { items: Order[] }).items.map(({ id }) => id);

describe('the review of an order', () => {
  it('approved: it is charged; who and why is kept, for operators', async () => {
    const { id, review, status } = await place();
    expect([status, review]).toEqual(['INVENTORY_RESERVED', 'WAITING']);
    expect(await waiting()).toContain(id);
    expect(await waiting(api.alice)).toContain(id);
    const answer = await decide(id, 'approve');
    expect([answer.status, answer.headers['location']]).toEqual([202, `/orders/${id}`]);
    expect(await api.reaches(id, 'DELIVERY_STARTED')).toMatchObject({ review: 'APPROVED' });
    expect(await waiting()).not.toContain(id);
    // The request is written down before the Saga is told, which may be about to say that it waits.
    expect((await inWords(id)).sort()).toEqual(
      [
        'order-created done',
        'reserve-stock done',
        'review asked waits for a person',
        'approve asked by an operator',
        'review done approved',
        'charge-payment done',
        'start-delivery done',
      ].sort(),
    );
    const asked = (await timelineOf(id)).find(({ step }) => step === 'approve');
    expect(asked?.operator).toEqual({ id: '3', note: 'she has called' });
    expect(JSON.stringify(await timelineOf(id, api.alice))).not.toContain('she has called');
  });

  it('is asked for by its payment method too, whatever the order costs', async () => {
    const app = appWith(USUAL_TIMES);
    expect(await place(app)).not.toHaveProperty('review');
    const { id, review } = await place(app, 'card_review');
    expect(review).toBe('WAITING');
    expect(api.shop.payment(id)).toBeUndefined();
    expect((await decide(id, 'approve')).status).toBe(202);
    expect(await api.reaches(id, 'DELIVERY_STARTED')).toMatchObject({ review: 'APPROVED' });
  });

  it('rejected: it is undone, and was never charged; decided once, it is decided', async () => {
    const { id } = await place();
    expect((await decide(id, 'reject')).status).toBe(202);
    const end = await api.reaches(id, 'CANCELLED');
    expect(end).toMatchObject({ cancelReason: 'REVIEW_REJECTED', review: 'REJECTED', needsAttention: false });
    expect(api.shop.payment(id)).toBeUndefined();
    expect(api.shop.stock.get(1)).toBe(1_000);
    const late = await decide(id, 'approve');
    expect([late.status, late.body]).toMatchObject([409, { code: 'review-not-needed' }]);
    expect(await inWords(id)).not.toContain('approve asked by an operator');
  });

  it('decided by two at once: both are heard, and the first counts', async () => {
    const { id } = await place();
    const answers = await Promise.all([decide(id, 'approve'), decide(id, 'reject')]);
    for (const { status } of answers) expect([202, 409]).toContain(status);
    const decided = await waitFor('the decision', async () => {
      const { review, status } = (await api.database.store.find(id))?.order ?? {};
      return review === 'WAITING' ? undefined : { review, status };
    });
    if (decided.review === 'APPROVED') await api.reaches(id, 'DELIVERY_STARTED');
    else expect((await api.reaches(id, 'CANCELLED')).cancelReason).toBe('REVIEW_REJECTED');
    expect((await inWords(id)).filter((line) => /^review (done|refused)/.test(line))).toHaveLength(1);
  });

  it('is no more when its customer cancels meanwhile', async () => {
    const { id } = await place();
    expect((await api.cancel(id)).status).toBe(200);
    const { body } = await api.get(`/orders/${id}`);
    expect(body).toMatchObject({ status: 'CANCELLED', cancelReason: 'CUSTOMER_REQUEST' });
    expect(body).not.toHaveProperty('review');
    expect((await decide(id, 'approve')).body).toMatchObject({ code: 'review-not-needed' });
    expect(api.shop.payment(id)).toBeUndefined();
  });

  it('undecided in its window: the order needs attention, and can still be approved', async () => {
    const { id } = await place(appWith({ ...USUAL_TIMES, ...REVIEWED, reviewWindowMs: 500 }));
    await waitFor('attention', async () => (await api.database.store.find(id))?.order.needsAttention);
    const needing = (await api.get('/orders?needsAttention=true', api.admin)).body as { items: Order[] };
    expect(needing.items.find((order) => order.id === id)).toMatchObject({
      review: 'WAITING',
      attention: { step: 'review', error: 'ReviewUndecided' },
    });
    expect((await decide(id, 'approve')).status).toBe(202);
    expect(await api.reaches(id, 'DELIVERY_STARTED')).toMatchObject({ review: 'APPROVED', needsAttention: false });
  });

  it('is for admins, of an order that waits for it', async () => {
    const stock = api.shop.hold('reserve-stock');
    const placing = supertest(api.app()).post('/orders').set('authorization', api.alice);
    const early = (await placing.set('prefer', 'respond-async').send({ productId: 1, quantity: 1 })).body as Order;
    await stock.reached;
    expect((await decide(early.id, 'approve')).body).toMatchObject({ status: 409, code: 'review-not-needed' });
    stock.release();
    await waitFor('the wait', async () => (await waiting()).includes(early.id));

    expect((await decide(early.id, 'approve', api.alice)).status).toBe(403);
    expect((await decide(early.id, 'maybe')).status).toBe(400);
    expect((await decide('ord_none', 'approve')).status).toBe(404);
    const { sagas } = api.context;
    const away = api.app({ sagas: { ...sagas, tell: () => Promise.resolve('unconfirmed') } });
    expect((await decide(early.id, 'approve', api.admin, away)).body).toMatchObject({ code: 'saga-unavailable' });
    expect((await decide(early.id, 'approve')).status).toBe(202);
    await api.reaches(early.id, 'DELIVERY_STARTED');
  });
});
