import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageOf } from '../../contracts/http/common.js';
import { paymentInDetailSchema, paymentSchema } from '../../contracts/http/payments.js';
import { createLogger } from '../../platform/logger.js';
import { createEventInbox } from '../../services/payment/event-inbox.js';
import { chargeOrder } from '../../services/payment/charge-order.js';
import { createPaymentReader } from '../../services/payment/payment-reader.js';
import { refundPart } from '../../services/payment/refund-part.js';
import { undoCharge } from '../../services/payment/undo-charge.js';
import { createChallenges } from '../../services/payment/simulator/challenges.js';
import { openPayments } from '../../services/payment/testing/open-payments.js';
import { startTokenIssuer } from '../../tests/support/token-issuer.js';
import type { TokenIssuer } from '../../tests/support/token-issuer.js';
import { createAuthenticator } from '../http/auth.js';
import { createPaymentApp } from './service.js';
import type { PaymentContext } from './service.js';

const logger = createLogger({ service: 'payment-service', level: 'fatal' });
const pageSchema = pageOf(paymentSchema);

let payments: Awaited<ReturnType<typeof openPayments>>;
let tokens: TokenIssuer;
let context: PaymentContext;
beforeAll(async () => {
  payments = await openPayments();
  tokens = await startTokenIssuer();
  context = {
    logger,
    payments: createPaymentReader(payments.prisma),
    events: undefined,
    inbox: createEventInbox(payments.prisma),
    simulator: { ...payments.simulator, challenges: createChallenges(payments.ledger) },
    auth: createAuthenticator(tokens.authSettings),
    readiness: {},
  };
});
afterAll(async () => {
  await tokens.close();
  await payments.close();
});

let lastUser = 100;
const newUser = () => ++lastUser;

async function get(path: string, bearer?: string) {
  const call = request(createPaymentApp(context)).get(path);
  return bearer === undefined ? call : call.set('authorization', bearer);
}

/** An order of the user, charged; the order's id. */
async function charged(userId: number, method = 'card_ok'): Promise<string> {
  const order = { orderId: randomUUID(), userId, amount: 3_500_000, currency: 'KRW' };
  await chargeOrder(payments, { ...order, method }).catch(() => undefined);
  return order.orderId;
}

describe('GET /payments', () => {
  it('shows a charge with its refund', async () => {
    const userId = newUser();
    const orderId = await charged(userId);
    await undoCharge(payments, { orderId, userId, amount: 3_500_000, currency: 'KRW' });
    const answer = await get(`/payments?orderId=${orderId}`, await tokens.bearer(userId, 'customer'));
    expect(answer.status).toBe(200);
    const { items, nextCursor } = pageSchema.parse(answer.body);
    expect(nextCursor).toBeNull();
    expect(items).toMatchObject([
      { orderId, userId, amount: 3_500_000, currency: 'KRW', status: 'REFUNDED', refunds: [{ amount: 3_500_000 }] },
    ]);
  });

  it("gives the caller's own only, and an admin everybody's", async () => {
    const [alice, bob] = [newUser(), newUser()];
    const [hers, his] = [await charged(alice), await charged(bob)];
    const ofAlice = await get('/payments', await tokens.bearer(alice, 'customer'));
    expect(pageSchema.parse(ofAlice.body).items.map(({ orderId }) => orderId)).toEqual([hers]);
    const another = await get(`/payments?orderId=${his}`, await tokens.bearer(alice, 'customer'));
    expect(another.body).toEqual({ items: [], nextCursor: null });
    const all = await get('/payments?limit=100', await tokens.bearer(3, 'admin'));
    expect(pageSchema.parse(all.body).items.map(({ orderId }) => orderId)).toEqual(expect.arrayContaining([hers, his]));
  });

  it('pages, newest first, without leaving one out or giving it twice', async () => {
    const userId = newUser();
    const orders: string[] = [];
    for (let count = 0; count < 5; count++) orders.push(await charged(userId));
    // Rows of the same millisecond must not get lost between pages.
    await payments.prisma.payment.updateMany({ where: { userId }, data: { createdAt: new Date() } });
    const bearer = await tokens.bearer(userId, 'customer');
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const answer = await get(`/payments?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`, bearer);
      const page = pageSchema.parse(answer.body);
      seen.push(...page.items.map(({ orderId }) => orderId));
      cursor = page.nextCursor;
      // What comes in between belongs before the first page.
      await charged(userId);
    } while (cursor !== null);
    expect(seen).toHaveLength(5);
    expect([...seen].sort()).toEqual([...orders].sort());
  });

  it('shows what was declined, but neither what is undecided nor a mark', async () => {
    const userId = newUser();
    const declined = await charged(userId, 'card_declined');
    await charged(userId, 'card_flaky');
    await undoCharge(payments, { orderId: randomUUID(), userId, amount: 1, currency: 'KRW' });
    const answer = await get('/payments', await tokens.bearer(userId, 'customer'));
    expect(answer.body).toMatchObject({ items: [{ orderId: declined, status: 'DECLINED', refunds: [] }] });
  });

  it('shows what was held and let go of, with all that was done', async () => {
    const userId = newUser();
    const order = { orderId: randomUUID(), userId, amount: 3_500_000, currency: 'KRW' };
    const bearer = await tokens.bearer(userId, 'customer');
    await chargeOrder(payments, { ...order, method: 'card_ok', hold: true });
    const held = await get(`/payments?orderId=${order.orderId}`, bearer);
    expect(held.body).toMatchObject({ items: [{ status: 'AUTHORISED' }] });

    const { paymentId } = await undoCharge(payments, order);
    const list = pageSchema.parse((await get('/payments', bearer)).body);
    expect(list.items).toMatchObject([{ id: paymentId, orderId: order.orderId, status: 'VOIDED', refunds: [] }]);
    const shown = paymentInDetailSchema.parse((await get(`/payments/${paymentId}`, bearer)).body);
    expect(shown).toMatchObject({
      status: 'VOIDED',
      operations: [
        { kind: 'AUTHORISE', state: 'DONE' },
        { kind: 'VOID', state: 'DONE' },
      ],
    });
  });

  it.each([
    ['/payments?limit=0', 400],
    ['/payments?cursor=nonsense', 400],
    ['/payments?userId=1', 400],
  ])('%s is %i', async (path, status) => {
    const answer = await get(path, await tokens.bearer(newUser(), 'customer'));
    expect(answer.status).toBe(status);
    expect(answer.type).toBe('application/problem+json');
  });

  it('needs a token, and a user', async () => {
    expect((await get('/payments')).status).toBe(401);
    expect((await get('/payments', await tokens.bearer('order-service', 'service'))).status).toBe(403);
  });
});

describe('GET /payments/{id}', () => {
  it("is 404 for another user's, for a mark, and for none", async () => {
    const userId = newUser();
    const orderId = await charged(userId);
    const { id } = await payments.prisma.payment.findUniqueOrThrow({ where: { orderId } });
    expect((await get(`/payments/${id}`, await tokens.bearer(userId, 'customer'))).body).toMatchObject({ id, orderId });
    expect((await get(`/payments/${id}`, await tokens.bearer(3, 'admin'))).status).toBe(200);
    expect((await get(`/payments/${id}`, await tokens.bearer(newUser(), 'customer'))).status).toBe(404);
    expect((await get(`/payments/${randomUUID()}`, await tokens.bearer(userId, 'customer'))).status).toBe(404);
    const mark = await undoCharge(payments, { orderId: randomUUID(), userId, amount: 1, currency: 'KRW' });
    expect((await get(`/payments/${mark.paymentId}`, await tokens.bearer(userId, 'customer'))).status).toBe(404);
  });
});

describe('the operations of a payment', () => {
  it('are all that the provider was asked to do; what an operator wrote is for admins', async () => {
    const userId = newUser();
    const orderId = await charged(userId);
    const { id } = await payments.prisma.payment.findUniqueOrThrow({ where: { orderId } });
    const part = { operationId: randomUUID(), orderId, amount: 500_000, reason: 'a scratch', requestedBy: '3' };
    await refundPart(payments, part);
    const shown = (await get(`/payments/${id}`, await tokens.bearer(3, 'admin'))).body as unknown;
    expect(paymentInDetailSchema.parse(shown)).toMatchObject({
      status: 'CHARGED',
      refunds: [{ id: part.operationId, amount: 500_000 }],
      operations: [
        { id: orderId, kind: 'CAPTURE', amount: 3_500_000, state: 'DONE' },
        { id: part.operationId, kind: 'REFUND', amount: 500_000, state: 'DONE', reason: 'a scratch', requestedBy: '3' },
      ],
    });
    const toOwner = await get(`/payments/${id}`, await tokens.bearer(userId, 'customer'));
    expect(JSON.stringify(toOwner.body)).not.toContain('a scratch');

    await refundPart(payments, { ...part, operationId: randomUUID(), amount: 3_000_000 });
    expect((await get(`/payments/${id}`, await tokens.bearer(3, 'admin'))).body).toMatchObject({ status: 'REFUNDED' });
  });
});

describe('/payments/simulator', () => {
  const post = async (body: object, bearer: string, of = context) =>
    request(createPaymentApp(of)).post('/payments/simulator').set('authorization', bearer).send(body);

  it('lets an admin say that the provider is up, for all processes', async () => {
    const admin = await tokens.bearer(3, 'admin');
    expect((await get('/payments/simulator', admin)).body).toEqual({ provider: 'down' });
    const answer = await post({ provider: 'up' }, admin);
    expect([answer.status, answer.body]).toEqual([200, { provider: 'up' }]);
    expect((await get('/payments/simulator', admin)).body).toEqual({ provider: 'up' });
    await chargeOrder(payments, {
      orderId: randomUUID(),
      userId: 1,
      amount: 1,
      currency: 'KRW',
      method: 'card_provider_down',
    });
  });

  it('refuses everybody else, and everything else', async () => {
    const customer = await tokens.bearer(newUser(), 'customer');
    expect((await get('/payments/simulator', customer)).status).toBe(403);
    expect((await post({ provider: 'down' }, customer)).status).toBe(403);
    expect((await post({ provider: 'sideways' }, await tokens.bearer(3, 'admin'))).status).toBe(400);
  });

  it('does not exist where there is no simulator', async () => {
    const admin = await tokens.bearer(3, 'admin');
    const without = { ...context, simulator: undefined };
    expect((await post({ provider: 'up' }, admin, without)).status).toBe(404);
  });
});

describe('/payments/simulator/challenges/{id}', () => {
  /** A charge that waits for its customer: its key, and where the customer is sent. */
  const challenged = async () => {
    const charge = { idempotencyKey: randomUUID(), amount: 3_500_000, currency: 'KRW', method: 'card_3ds' };
    const pending = await payments.provider.charge(charge);
    const url = pending.outcome === 'pending' ? pending.nextAction?.url : undefined;
    expect(await payments.provider.find(charge)).toEqual(pending);
    return { charge, path: `/payments/simulator/challenges/${url?.split('/').at(-1) ?? ''}` };
  };
  const decide = (path: string, decision: string) => request(createPaymentApp(context)).post(path).send({ decision });
  const entryOf = (idempotencyKey: string) => payments.ledger.ledgerEntry.findUnique({ where: { idempotencyKey } });

  it.each([
    ['confirm', 'CONFIRMED', { outcome: 'charged' }],
    ['refuse', 'REFUSED', { outcome: 'declined', code: 'authentication_failed' }],
  ])('%s: the first answer counts, and is told of', async (decision, state, outcome) => {
    const { charge, path } = await challenged();
    expect((await get(path)).body).toMatchObject({ amount: 3_500_000, currency: 'KRW', state: 'WAITING' });
    expect((await entryOf(charge.idempotencyKey))?.tellAt).toBeNull();
    expect((await decide(path, decision)).body).toMatchObject({ state });
    for (const late of ['confirm', 'refuse']) expect((await decide(path, late)).body).toMatchObject({ state });
    expect(await payments.provider.charge(charge)).toMatchObject(outcome);
    expect((await entryOf(charge.idempotencyKey))?.tellAt).toBeInstanceOf(Date);
  });

  it('of a charge that was called off is answered by nobody', async () => {
    const { charge, path } = await challenged();
    await payments.provider.refund(charge);
    expect((await decide(path, 'confirm')).body).toMatchObject({ state: 'CALLED_OFF' });
    expect(await payments.provider.charge(charge)).toEqual({ outcome: 'voided' });
    expect((await entryOf(charge.idempotencyKey))?.tellAt).toBeNull();
  });

  it('is of charges that wait for their customer alone', async () => {
    const orderId = await charged(newUser());
    const entry = await entryOf(orderId);
    for (const id of [entry?.chargeId ?? '', orderId, 'ch_none'])
      expect((await get(`/payments/simulator/challenges/${id}`)).status).toBe(404);
    expect((await decide(`/payments/simulator/challenges/${entry?.chargeId ?? ''}`, 'refuse')).status).toBe(404);
    expect((await decide((await challenged()).path, 'perhaps')).status).toBe(400);
    const without = createPaymentApp({ ...context, simulator: undefined });
    expect((await request(without).get((await challenged()).path)).status).toBe(404);
  });
});
