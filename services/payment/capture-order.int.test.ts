import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Died, interleave, mortal, type Actor } from '../../tests/support/interleave.js';
import { captureOrder } from './capture-order.js';
import { chargeOrder } from './charge-order.js';
import type { PaymentProvider } from './payment-provider.js';
import { captureIdOf, undoIdOf, type OrderAmount } from './payment-store.js';
import { refundPart } from './refund-part.js';
import { createChallenges } from './simulator/challenges.js';
import { openStripePayments } from './stripe/testing/open-stripe-payments.js';
import { openPayments } from './testing/open-payments.js';
import { untilAnswered } from './testing/until-answered.js';
import { undoCharge, type PaymentService } from './undo-charge.js';

let payments: Awaited<ReturnType<typeof openPayments>>;
let byStripe: Awaited<ReturnType<typeof openStripePayments>>;
beforeAll(async () => {
  payments = await openPayments();
  byStripe = await openStripePayments();
});
afterAll(() => Promise.all([payments.close(), byStripe.close()]));

const AMOUNT = 3_500_000;
const newOrder = (): OrderAmount => ({ orderId: randomUUID(), userId: 1, amount: AMOUNT, currency: 'KRW' });
const hold = (service: PaymentService, order: OrderAmount, method = 'card_ok') =>
  chargeOrder(service, { ...order, method, hold: true });

async function held(method = 'card_ok') {
  const order = newOrder();
  expect(await hold(payments, order, method)).toMatchObject({ outcome: 'held' });
  return order;
}

const partOf = ({ orderId }: OrderAmount, amount: number, operationId: string = randomUUID()) => ({
  ...{ operationId, orderId, amount, reason: 'a scratch', requestedBy: '3' },
});

/** Each operation of an order, in a word each. */
const operationsOf = async ({ orderId }: OrderAmount, of: Pick<typeof payments, 'operationsOf'> = payments) =>
  (await of.operationsOf(orderId)).map(({ id, kind, state }) => `${id.slice(orderId.length)} ${kind} ${state}`.trim());

describe('a charge that is held first', () => {
  it('is an AUTHORISE with the id of the order, and a CAPTURE of its step', async () => {
    const order = await held();
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'AUTHORISED', refunds: 0, providers: 'HELD' });
    expect(await operationsOf(order)).toEqual(['AUTHORISE DONE']);
    const answers = await Promise.all(Array.from({ length: 5 }, () => captureOrder(payments, order)));
    expect(answers.filter((answer) => answer.outcome === 'captured' && answer.first)).toHaveLength(1);
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' });
    expect(await operationsOf(order)).toEqual(['AUTHORISE DONE', '/capture-payment CAPTURE DONE']);
    expect(await hold(payments, order)).toMatchObject({ outcome: 'charged', first: false });
  });

  it('is let go of by an undo, which is a VOID, and is captured no more', async () => {
    const order = await held();
    for (let times = 0; times < 2; times++)
      expect(await undoCharge(payments, order)).toMatchObject({ refunded: false });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'VOIDED' });
    expect(await captureOrder(payments, order)).toEqual({ outcome: 'compensated' });
    expect(await operationsOf(order)).toEqual(['AUTHORISE DONE', '/refund-payment VOID DONE']);
  });

  it('is given back once it is captured, also where nobody heard of that: a REFUND', async () => {
    const order = await held();
    await payments.provider.capture({
      idempotencyKey: captureIdOf(order.orderId),
      chargeKey: order.orderId,
      amount: AMOUNT,
    });
    expect(await undoCharge(payments, order)).toMatchObject({ refunded: true, amount: AMOUNT });
    const back = ['AUTHORISE DONE', '/capture-payment CAPTURE DONE', '/refund-payment REFUND DONE'];
    expect((await operationsOf(order)).sort()).toEqual(back.sort());
  });

  it('gives nothing back in parts while it is only held, and the rest after its capture', async () => {
    const order = await held();
    expect(await refundPart(payments, partOf(order, 1))).toEqual({ outcome: 'only-held' });
    await captureOrder(payments, order);
    expect(await refundPart(payments, partOf(order, 500_000))).toMatchObject({ outcome: 'refunded' });
    expect(await undoCharge(payments, order)).toMatchObject({ refunded: true, amount: AMOUNT - 500_000 });
  });

  it('that lands after its order was undone is let go of', async () => {
    const order = newOrder();
    const late: PaymentProvider = {
      ...payments.provider,
      charge: async (request) => {
        const answer = await payments.provider.charge(request);
        await undoCharge(payments, order);
        return answer;
      },
    };
    expect(await hold({ ...payments, provider: late }, order)).toMatchObject({ outcome: 'compensated' });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'VOIDED' });
  });

  it('that lands after its order was undone is let go of, also where the provider keeps no mark of that', async () => {
    const order = newOrder();
    const late: PaymentProvider = {
      ...payments.provider,
      charge: async (request) => {
        await payments.store.recordVoid(order);
        return payments.provider.charge(request);
      },
    };
    expect(await hold({ ...payments, provider: late }, order)).toMatchObject({ outcome: 'compensated' });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'VOIDED' });
  });

  it('is held once its customer has confirmed it at the bank, and charged where it can not be held', async () => {
    const order = newOrder();
    expect(await hold(payments, order, 'card_3ds')).toMatchObject({ outcome: 'pending' });
    const { chargeId } = await payments.ledger.ledgerEntry.findUniqueOrThrow({
      where: { idempotencyKey: order.orderId },
    });
    await createChallenges(payments.ledger).answer(chargeId, { decision: 'confirm' });
    expect(await hold(payments, order, 'card_3ds')).toMatchObject({ outcome: 'held' });
    const transfer = newOrder();
    await hold(payments, transfer, 'bank_transfer');
    expect(await hold(payments, transfer, 'bank_transfer')).toMatchObject({ outcome: 'charged' });
    expect(await captureOrder(payments, transfer)).toMatchObject({ outcome: 'captured', first: false });
    expect(await operationsOf(transfer)).toEqual(['AUTHORISE DONE', '/capture-payment CAPTURE DONE']);
  });

  it('leaves no capture open that comes just after its undo', async () => {
    const order = await held();
    const store: PaymentService['store'] = {
      ...payments.store,
      openCapture: async (orderId) => {
        await undoCharge(payments, order);
        return payments.store.openCapture(orderId);
      },
    };
    expect(await captureOrder({ ...payments, store }, order)).toEqual({ outcome: 'compensated' });
    expect(await operationsOf(order)).toEqual(['AUTHORISE DONE', '/refund-payment VOID DONE']);
  });

  it('is given back where it was captured while its undo found nothing to give back', async () => {
    const order = await held();
    const late: PaymentProvider = {
      ...payments.provider,
      capture: async (request) => {
        const answer = await payments.provider.capture(request);
        await payments.store.recordVoid(order);
        return answer;
      },
    };
    expect(await captureOrder({ ...payments, provider: late }, order)).toEqual({ outcome: 'compensated' });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
  });

  it('whose capture was not heard is found, also where the provider has forgotten its key by then', async () => {
    const order = await held();
    const dies: PaymentProvider = {
      ...payments.provider,
      capture: async (request) => {
        await payments.provider.capture(request);
        throw new Died('died before it heard the answer');
      },
    };
    await expect(captureOrder({ ...payments, provider: dies }, order)).rejects.toThrow(Died);
    const forgetful: PaymentProvider = {
      ...payments.provider,
      capture: () => Promise.reject(new Error('asked again')),
    };
    expect(await captureOrder({ ...payments, provider: forgetful }, order)).toMatchObject({ outcome: 'captured' });
  });

  it('has a capture that is refused once it has expired, and refused again; an undo then gives nothing back', async () => {
    const order = await held('card_hold_expires');
    const { holdExpiresAt } = await payments.prisma.payment.findUniqueOrThrow({ where: { orderId: order.orderId } });
    expect(Number(holdExpiresAt) - Date.now()).toBeLessThan(1_001);
    const where = { idempotencyKey: order.orderId };
    await payments.ledger.ledgerEntry.update({ where, data: { holdExpiresAt: new Date(Date.now() - 1) } });
    const refused = { outcome: 'refused', code: 'hold_expired' };
    for (let times = 0; times < 2; times++) expect(await captureOrder(payments, order)).toEqual(refused);
    expect(await operationsOf(order)).toEqual(['AUTHORISE DONE', '/capture-payment CAPTURE REFUSED']);
    expect(await undoCharge(payments, order)).toMatchObject({ refunded: false });
    expect(await payments.booksOf(order.orderId)).toMatchObject({ ours: 'VOIDED', providers: 'DECLINED' });
  });

  it('is captured where the provider refused it before, and does no longer', async () => {
    const order = await held();
    const refuses = () => Promise.resolve({ outcome: 'refused', code: 'no' } as const);
    const service = { ...payments, provider: { ...payments.provider, capture: refuses } };
    expect(await captureOrder(service, order)).toEqual({ outcome: 'refused', code: 'no' });
    expect(await captureOrder(payments, order)).toMatchObject({ outcome: 'captured' });
    expect(await operationsOf(order)).toEqual(['AUTHORISE DONE', '/capture-payment CAPTURE DONE']);
  });

  it('has nothing to capture where nothing was held', async () => {
    expect(await captureOrder(payments, newOrder())).toEqual({ outcome: 'refused', code: 'nothing_held' });
    const declined = newOrder();
    await hold(payments, declined, 'card_declined');
    expect(await captureOrder(payments, declined)).toEqual({ outcome: 'refused', code: 'nothing_held' });
  });

  it('is of nobody in the database that can not be held, and nothing goes back of it', async () => {
    const order = newOrder();
    await chargeOrder(payments, { ...order, method: 'card_ok' });
    const where = { orderId: order.orderId };
    await expect(payments.prisma.payment.update({ where, data: { status: 'AUTHORISED' } })).rejects.toThrow('check');
    const { orderId } = await held();
    await expect(payments.prisma.payment.update({ where: { orderId }, data: { refundedInParts: 1 } })).rejects.toThrow(
      'check',
    );
  });
});

const attempts = fc.record({
  verb: fc.constantFrom(...(['hold', 'capture', 'capture', 'undo', 'part 0', 'part 1'] as const)),
  // Before or after one of its calls.
  diesAt: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
});

it.each([
  [
    'the simulated provider',
    () => ({ ...payments, methods: ['card_ok', 'card_ok', 'card_lost_answer', 'card_flaky'] }),
  ],
  ['Stripe', () => ({ ...byStripe, methods: ['pm_card_visa'] })],
])(
  'hold, captures, parts and undo, racing and dying anywhere, take no more than is held and give back no more than was taken: %s',
  async (_name, of) => {
    const { methods, ...all } = of();
    await fc.assert(
      fc.asyncProperty(
        fc.array(attempts, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: AMOUNT }), { minLength: 2, maxLength: 2 }),
        fc.array(fc.nat({ max: 5 }), { maxLength: 60 }),
        fc.constantFrom(...methods),
        // Of Stripe's answers, in turn.
        fc.array(fc.constantFrom('none' as const, 'lost' as const, 'fails' as const, 'limited' as const), {
          maxLength: 8,
        }),
        async (made, amounts, turns, method, faults) => {
          byStripe.standIn.up();
          byStripe.standIn.next(...faults);
          const order = newOrder();
          const [first = partOf(order, 1), second = first] = amounts.map((amount) => partOf(order, amount));
          const verbs = {
            hold: (service: PaymentService) => hold(service, order, method),
            capture: (service: PaymentService) => captureOrder(service, order),
            undo: (service: PaymentService) => undoCharge(service, order),
            'part 0': (service: PaymentService) => refundPart(service, first),
            'part 1': (service: PaymentService) => refundPart(service, second),
          };
          await untilAnswered(() => verbs.hold(all));
          const actors = made.map(({ verb, diesAt }): Actor => async (stage) => {
            const life = mortal(stage, diesAt);
            await verbs[verb]({ store: life.using(all.store), provider: life.using(all.provider) });
          });
          await interleave(actors, turns);
          byStripe.standIn.up();
          await holdsWhatItPromises(order, all);

          // Whatever was begun is gone on with until it is done.
          for (const { verb } of made) await untilAnswered(() => verbs[verb](all));
          await holdsWhatItPromises(order, all);
          const { ours, providers } = await all.booksOf(order.orderId);
          const was = (verb: string) => made.some((one) => one.verb === verb);
          if (was('undo'))
            expect(['REFUNDED REFUNDED', 'VOIDED VOIDED']).toContain(`${String(ours)} ${String(providers)}`);
          else if (was('capture')) expect([ours, providers]).toEqual(['CHARGED', 'CHARGED']);
          else expect([ours, providers]).toEqual(['AUTHORISED', 'HELD']);
          const open = (await all.operationsOf(order.orderId)).filter(({ state }) => state === 'PENDING');
          expect(open).toEqual([]);
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  },
  120_000,
);

/** By both books: what was taken of what is held, and what of it has gone back. */
async function holdsWhatItPromises({ orderId }: OrderAmount, of: Pick<typeof payments, 'operationsOf' | 'provider'>) {
  const done = (await of.operationsOf(orderId)).filter(({ state }) => state === 'DONE');
  const sum = (kind: string) =>
    done.filter((one) => one.kind === kind).reduce((all, { amount }) => all + Number(amount), 0);
  expect(sum('CAPTURE')).toBeLessThanOrEqual(sum('AUTHORISE'));
  expect(sum('REFUND')).toBeLessThanOrEqual(sum('CAPTURE'));
  expect(sum('VOID') > 0 && sum('CAPTURE') > 0).toBe(false);
  const [entry] = await of.provider.entriesOf([orderId]);
  const back = (entry?.parts ?? []).reduce((all, { amount }) => all + amount, 0);
  expect(back).toBeLessThanOrEqual(entry?.status === 'CHARGED' || entry?.status === 'REFUNDED' ? AMOUNT : 0);
  // What the undo gave back stands in the books only where the provider has given it.
  if (done.some(({ id }) => id === undoIdOf(orderId))) expect(['REFUNDED', 'VOIDED']).toContain(entry?.status);
}
