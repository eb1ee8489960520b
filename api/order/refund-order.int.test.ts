import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import supertest from 'supertest';
import type { RestockRequest, RestockShort } from '../../contracts/activities/inventory-activities.js';
import type { RefundPartAnswer, RefundPartRequest } from '../../contracts/activities/payment-activities.js';
import type { Order, Timeline } from '../../contracts/http/orders.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

let api: OrderApi;
let orderId: string;
const asked: RefundPartRequest[] = [];
beforeAll(async () => {
  api = await startOrderApi('refund_order');
  api.shop.stock.set(1, 1_000);
  orderId = ((await api.post({ productId: 1, quantity: 2 })).body as Order).id;
});
afterAll(() => api.close());
beforeEach(() => {
  asked.length = 0;
  answers({ outcome: 'refunded' });
});

const answers = (answer: RefundPartAnswer): void => {
  api.shop.refundPart = (request) => {
    asked.push(request);
    return Promise.resolve(answer);
  };
};

let keys = 0;
const refund = (body: object, { key = `key-${++keys}`, bearer = api.admin, id = orderId } = {}) =>
  supertest(api.app())
    .post(`/orders/${id}/refunds`)
    .set({ authorization: bearer, 'idempotency-key': key })
    .send({ reason: 'a scratch', ...body });

/** undefined where there is none. */
const openRefunds = async () => {
  const { executions } = await api.temporal.client.workflowService.listOpenWorkflowExecutions({
    namespace: api.temporal.client.options.namespace,
    typeFilter: { name: 'refundPart' },
  });
  return executions.length > 0 ? executions : undefined;
};

describe('a refund', () => {
  it('of an amount or of lines, at the prices of the order, is asked of the payment service', async () => {
    const answer = await refund({ amount: 5 });
    expect([answer.status, answer.body]).toEqual([
      201,
      { id: asked[0]?.operationId, orderId, amount: 5, currency: 'KRW', state: 'DONE', reason: 'a scratch' },
    ]);
    const ofLines = await refund({ lines: [{ productId: 1, quantity: 2 }] });
    expect([ofLines.status, ofLines.body]).toMatchObject([201, { amount: 7_000_000 }]);
    expect(asked).toMatchObject([
      { orderId, amount: 5, reason: 'a scratch', requestedBy: '3' },
      { orderId, amount: 7_000_000 },
    ]);
  });

  it('is told of by the order and its timeline, with who and why for admins, and in the audit log: once', async () => {
    const { id } = (await api.post({ productId: 1, quantity: 1 })).body as Order;
    for (const amount of [5, 5, 7]) await refund({ amount }, { id, key: `told ${amount}` });
    const shown = async (bearer: string) => ((await api.get(`/orders/${id}`, bearer)).body as Order).refunds;
    const operator = { reason: 'a scratch', requestedBy: '3' };
    expect(await shown(api.admin)).toMatchObject([
      { id: asked[0]?.operationId, amount: 5, ...operator },
      { amount: 7, ...operator },
    ]);
    expect((await shown(api.alice))?.map(Object.keys)).toEqual([
      ['id', 'amount', 'at'],
      ['id', 'amount', 'at'],
    ]);
    const told = async (bearer: string) =>
      ((await api.get(`/orders/${id}/timeline`, bearer)).body as Timeline).items
        .filter(({ step }) => step === 'refunded')
        .map(({ detail, operator: by }) => [detail, by]);
    const by = { id: '3', note: 'a scratch' };
    expect(await told(api.admin)).toEqual([
      ['5 KRW', by],
      ['7 KRW', by],
    ]);
    expect(await told(api.alice)).toEqual([
      ['5 KRW', undefined],
      ['7 KRW', undefined],
    ]);
    const audited = api.logLines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ audit, subject }) => audit === 'order_refunded' && subject === `order:${id}`);
    expect(audited.map(({ actor, amount, currency }) => [actor, amount, currency])).toEqual([
      ['user:3', 5, 'KRW'],
      ['user:3', 7, 'KRW'],
    ]);
  });

  describe('whose goods go back to stock', () => {
    const goods: RestockRequest[] = [];
    const stockSays = (said: { short?: RestockShort; restocked?: boolean }) => {
      api.shop.restocks = {
        restockShort: () => Promise.resolve(said.short ?? null),
        restock: (request) => {
          goods.push(request);
          return Promise.resolve({ restocked: said.restocked ?? true });
        },
      };
    };
    const lines = [{ productId: 1, quantity: 1 }];
    let id: string;
    beforeEach(async () => {
      goods.length = 0;
      stockSays({});
      ({ id } = (await api.post({ productId: 1, quantity: 2 })).body as Order);
    });
    const toldOf = async () =>
      ((await api.get(`/orders/${id}/timeline`, api.admin)).body as Timeline).items
        .filter(({ step }) => step === 'refunded' || step === 'restocked')
        .map(({ step, outcome, detail, operator }) => [step, outcome, detail, operator?.note]);
    const shown = async (bearer: string) => ((await api.get(`/orders/${id}`, bearer)).body as Order).refunds;

    it('gives the money back first, then the goods, by the id of the refund; its order and timeline tell of both', async () => {
      const answer = await refund({ lines, restock: true }, { id });
      expect([answer.status, answer.body]).toMatchObject([201, { amount: 3_500_000, state: 'DONE', restocked: true }]);
      const operationId = asked[0]?.operationId;
      expect([asked.length, goods]).toEqual([1, [{ operationId, orderId: id, lines }]]);
      expect(await toldOf()).toEqual([
        ['refunded', 'done', '3500000 KRW', 'a scratch'],
        ['restocked', 'done', '1 of product 1', 'a scratch'],
      ]);
      expect(await shown(api.admin)).toMatchObject([{ id: operationId, restock: lines, restocked: true }]);
      expect((await shown(api.alice))?.map(Object.keys)).toEqual([['id', 'amount', 'at']]);
      // Others are not asked for any.
      const money = await refund({ lines, restock: false }, { id });
      expect([money.status, money.body, goods.length]).toEqual([
        201,
        expect.not.objectContaining({ restocked: true }),
        1,
      ]);
    });

    it('asked for again is the same, and with other goods it is another', async () => {
      const key = `${id} again`;
      for (let attempt = 0; attempt < 2; attempt++)
        expect((await refund({ lines, restock: true }, { id, key })).body).toMatchObject({ restocked: true });
      expect(new Set(goods.map(({ operationId }) => operationId)).size).toBe(1);
      const before = asked.length;
      for (const other of [{ lines }, { amount: 3_500_000 }, { lines: [{ productId: 1, quantity: 2 }], restock: true }])
        expect((await refund(other, { id, key })).body).toMatchObject({ code: 'idempotency-key-reuse' });
      expect([await toldOf(), asked.length]).toMatchObject([{ length: 2 }, before]);
    });

    it('of more than was delivered is refused before any money goes back', async () => {
      stockSays({ short: { productId: 1, left: 0 } });
      const answer = await refund({ lines, restock: true }, { id });
      expect([answer.status, answer.body]).toMatchObject([409, { code: 'restock-too-much', productId: 1, left: 0 }]);
      expect([asked, goods]).toEqual([[], []]);
      expect(await shown(api.admin)).toBeUndefined();
    });

    it('which others took back meanwhile says so, once the money is back', async () => {
      stockSays({ restocked: false });
      const answer = await refund({ lines, restock: true }, { id });
      expect([answer.status, answer.body]).toMatchObject([201, { state: 'DONE', restocked: false }]);
      expect(await toldOf()).toMatchObject([
        { 0: 'refunded' },
        ['restocked', 'refused', '1 of product 1', 'a scratch'],
      ]);
      expect(await shown(api.admin)).toMatchObject([{ restock: lines, restocked: false }]);
    });

    it('that gives no money back touches no stock', async () => {
      answers({ outcome: 'too-much', left: 4 });
      expect((await refund({ lines, restock: true }, { id })).status).toBe(409);
      expect(goods).toEqual([]);
    });

    it('is of lines: of an amount it is refused, and says why', async () => {
      const answer = await refund({ amount: 5, restock: true }, { id });
      const why = { path: 'restock', message: 'needs lines: of an amount nothing can go back to stock' };
      expect([answer.status, answer.body]).toMatchObject([400, { errors: [why] }]);
      expect(asked).toEqual([]);
    });
  });

  it('is the same one under the same Idempotency-Key', async () => {
    await refund({ amount: 5 }, { key: 'the same' });
    await refund({ amount: 5 }, { key: 'the same' });
    await refund({ amount: 5 }, { key: 'another' });
    const [first, again, other] = asked.map(({ operationId }) => operationId);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('is answered with 202 while the provider is away, and goes on', async () => {
    let away = true;
    api.shop.refundPart = () => (away ? Promise.reject(new Error('away')) : Promise.resolve({ outcome: 'refunded' }));
    const begun = await refund({ amount: 5 }, { key: 'away' });
    expect([begun.status, begun.body]).toMatchObject([202, { amount: 5, state: 'PENDING' }]);
    const [running] = (await openRefunds()) ?? [];
    away = false;
    const handle = api.temporal.client.workflow.getHandle(running?.execution?.workflowId ?? '');
    expect(await handle.result()).toEqual({ outcome: 'refunded' });
    expect((await refund({ amount: 5 }, { key: 'away' })).status).toBe(201);
  });

  it('whose workflow is ended from outside is to be sent again, under the same key', async () => {
    api.shop.refundPart = () => Promise.reject(new Error('away'));
    const begun = refund({ amount: 5 }, { key: 'ended' }).then(({ status, body }) => ({
      status,
      body: body as object,
    }));
    const [running] = await waitFor('the workflow to run', openRefunds, { timeoutMs: 4_000 });
    await api.temporal.client.workflow.getHandle(running?.execution?.workflowId ?? '').terminate('by an operator');
    expect(await begun).toMatchObject({ status: 503, body: { code: 'saga-unavailable' } });
    answers({ outcome: 'refunded' });
    expect((await refund({ amount: 5 }, { key: 'ended' })).status).toBe(201);
  });

  it.each([
    [{ outcome: 'too-much', left: 4 }, 409, { code: 'refund-too-much', left: 4, currency: 'KRW' }],
    [{ outcome: 'only-held' }, 409, { code: 'payment-only-held' }],
    [{ outcome: 'refused', code: 'charge_disputed' }, 409, { code: 'refund-refused' }],
    [{ outcome: 'another' }, 422, { code: 'idempotency-key-reuse' }],
  ] as const)('to which the payment service says %j is %i', async (said, status, body) => {
    answers(said);
    const answer = await refund({ amount: 5 });
    expect([answer.status, answer.body]).toMatchObject([status, body]);
  });

  it('is for admins, of orders that there are, and of what was ordered', async () => {
    expect((await refund({ amount: 5 }, { bearer: api.alice })).status).toBe(403);
    expect((await refund({ amount: 5 }, { id: 'ord_none' })).status).toBe(404);
    for (const body of [
      { amount: 0 },
      { lines: [{ productId: 1, quantity: 3 }] },
      { lines: [{ productId: 2, quantity: 1 }] },
    ])
      expect((await refund(body)).status).toBe(400);
    expect(asked).toEqual([]);
  });

  it('is for no lines that cost nothing', async () => {
    api.shop.stock.set(6, 1);
    const { id } = (await api.post({ productId: 6, quantity: 1 })).body as Order;
    expect((await refund({ lines: [{ productId: 6, quantity: 1 }] }, { id })).status).toBe(400);
    expect(asked).toEqual([]);
  });

  it('is answered with 503 while Temporal can not be reached', async () => {
    const sagas = { ...api.context.sagas, refund: () => Promise.resolve({ outcome: 'unreachable' } as const) };
    const answer = await supertest(api.app({ sagas }))
      .post(`/orders/${orderId}/refunds`)
      .set({ authorization: api.admin, 'idempotency-key': 'unreachable' })
      .send({ amount: 5, reason: 'a scratch' });
    expect([answer.status, answer.body]).toMatchObject([503, { code: 'saga-unavailable' }]);
  });
});
