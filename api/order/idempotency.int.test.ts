import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import supertest from 'supertest';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

let api: OrderApi;
beforeAll(async () => {
  api = await startOrderApi('idempotency');
});
afterAll(() => api.close());
beforeEach(() => {
  api.shop.reset();
  api.shop.stock.set(1, 1_000);
});

const one = { productId: 1, quantity: 1 };
const idOf = (answer: { body: unknown }) => (answer.body as { id: string }).id;

describe('the same key', () => {
  it('is one order and one charge, however many come at once', async () => {
    const headers = { 'idempotency-key': 'ten at once' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post(one, headers)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    await api.reaches(idOf(answers[0]!), 'DELIVERY_STARTED');
    expect(api.shop.countOf('charge-payment')).toBe(1);
    expect(api.shop.stock.get(1)).toBe(999);
  });

  it('is the same order however the same body is written, and another order for another user', async () => {
    const shippingAddress = { name: 'A', line1: '1 Street', city: 'Seoul', postalCode: '04524', country: 'KR' };
    const headers = { 'idempotency-key': 'spelling' };
    const first = await api.post({ productId: 1, quantity: 2, shippingAddress }, headers);
    const spelled = { userId: 1, paymentMethod: 'card_ok', shippingAddress, items: [one, one] };
    const again = await api.post(spelled, headers);
    expect(idOf(again)).toBe(idOf(first));
    const bobs = await api.post({ ...one, shippingAddress }, { ...headers, authorization: api.bob });
    expect(bobs.status).toBe(201);
    expect(idOf(bobs)).not.toBe(idOf(first));
    for (const answer of [first, bobs]) await api.reaches(idOf(answer), 'DELIVERY_STARTED');
  });

  it('with another body is refused, also when both come at once', async () => {
    const headers = { 'idempotency-key': 'other body' };
    const answers = await Promise.all([api.post(one, headers), api.post({ ...one, quantity: 2 }, headers)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    // The charges of the tests that follow are counted.
    const ordered = answers.find(({ status }) => status === 201);
    await api.reaches(idOf(ordered!), 'DELIVERY_STARTED');
    const refused = await api.post({ ...one, paymentMethod: 'card_flaky' }, headers);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ code: 'idempotency-key-reuse' });
  });

  it('has the first code and the order as it is now, also when its workflow was terminated', async () => {
    const headers = { 'idempotency-key': 'terminated' };
    const first = await api.post(one, headers);
    const id = idOf(first);
    await api.reaches(id, 'DELIVERY_STARTED');
    const handle = api.temporal.client.workflow.getHandle(workflowIdOf(id));
    await handle.terminate();
    const again = await api.post(one, headers);
    expect(again.status).toBe(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toMatchObject({ id, status: 'DELIVERY_STARTED' });
    expect(api.shop.countOf('charge-payment')).toBe(1);
  });

  it('has the first code, also when it was asked before the first answer was given', async () => {
    const held = api.shop.hold('reserve-stock');
    const headers = { authorization: api.alice, 'idempotency-key': 'two waiters' };
    const impatient = api.app({ orderWaitMs: 3_000 });
    const first = supertest(impatient).post('/orders').set(headers).send(one).then();
    await held.reached;

    // Waits for the decision, and so has read the row before the first one gives up.
    let waits = () => {};
    const waiting = new Promise<void>((resolve) => (waits = resolve));
    const { sagas } = api.context;
    const whenStockIsDecided: typeof sagas.whenStockIsDecided = (stored, deadline) => {
      expect(stored.answeredAsync).toBe(false);
      waits();
      return sagas.whenStockIsDecided(stored, deadline);
    };
    const patient = api.app({ sagas: { ...sagas, whenStockIsDecided } });
    const second = supertest(patient).post('/orders').set(headers).send(one).then();
    await Promise.race([waiting, second]);
    expect((await first).status).toBe(202);
    held.release();
    const replay = await second;
    expect(replay.status).toBe(202);
    expect(replay.headers['idempotency-replayed']).toBe('true');
    expect(idOf(replay)).toBe(idOf(await first));
    expect((await api.post(one, headers)).status).toBe(202);
  });

  it('says so when it is not printable ASCII', async () => {
    for (const key of ['', 'x'.repeat(256), 'ü']) {
      const answer = await api.post(one, { 'idempotency-key': key });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ errors: [{ path: 'Idempotency-Key' }] });
    }
  });
});

describe('Prefer: respond-async', () => {
  it('answers 202 at once, and so does each repeat, with the order as it is now', async () => {
    const held = api.shop.hold('reserve-stock');
    const headers = { 'idempotency-key': 'async', prefer: 'wait=5, Respond-Async;x=1' };
    const first = await api.post(one, headers);
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ status: 'PENDING' });
    expect(first.headers['location']).toBe(`/orders/${idOf(first)}`);
    await held.reached;
    const second = await api.post(one, { 'idempotency-key': 'async' });
    expect(second.status).toBe(202);
    held.release();
    await api.reaches(idOf(first), 'DELIVERY_STARTED');
    const third = await api.post(one, { 'idempotency-key': 'async' });
    expect(third.status).toBe(202);
    expect(third.body).toMatchObject({ id: idOf(first), status: 'DELIVERY_STARTED' });
    expect(third.headers['idempotency-replayed']).toBe('true');
  });
});
