import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Died, interleave, mortal } from '../../tests/support/interleave.js';
import type { Actor, Stage } from '../../tests/support/interleave.js';
import { chargeOrder } from './charge-order.js';
import { type PaymentProvider, ProviderUnavailable } from './payment-provider.js';
import type { OrderAmount } from './payment-store.js';
import { undoCharge } from './undo-charge.js';
import { openStripePayments } from './stripe/testing/open-stripe-payments.js';
import { openPayments } from './testing/open-payments.js';
import { untilAnswered } from './testing/until-answered.js';

let payments: Awaited<ReturnType<typeof openPayments>>;
let byStripe: Awaited<ReturnType<typeof openStripePayments>>;
beforeAll(async () => {
  payments = await openPayments();
  byStripe = await openStripePayments();
});
afterAll(() => Promise.all([payments.close(), byStripe.close()]));

const newOrder = (): OrderAmount => ({ orderId: randomUUID(), userId: 1, amount: 3_500_000, currency: 'KRW' });
const chargeOf = ({ orderId, amount, currency }: OrderAmount, method: string) => ({
  idempotencyKey: orderId,
  amount,
  currency,
  method,
});

const attempts = fc.record({
  verb: fc.constantFrom('charge' as const, 'charge' as const, 'refund' as const),
  // Before or after one of its calls.
  diesAt: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
  // Its charge is sent, the process dies at once, and the request arrives whenever it does.
  late: fc.boolean(),
});

const MONEY_THERE = [{ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' }];
const NO_MONEY_THERE = [
  { ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' },
  { ours: 'DECLINED', refunds: 0, providers: 'DECLINED' },
  { ours: 'VOIDED', refunds: 0, providers: 'VOIDED' },
  // Stripe's intent is cancelled all the same.
  { ours: 'DECLINED', refunds: 0, providers: 'VOIDED' },
  // Called off before the provider's refusal was written down.
  { ours: 'VOIDED', refunds: 0, providers: 'DECLINED' },
  // At a provider that keeps no mark.
  { ours: 'VOIDED', refunds: 0, providers: 'TRIED' },
  { ours: 'VOIDED', refunds: 0, providers: undefined },
];

const SIMULATED = ['card_ok', 'card_ok', 'card_lost_answer', 'card_flaky', 'card_declined', 'bank_transfer'];
const STRIPES = ['pm_card_visa', 'pm_card_visa', 'pm_card_visa_chargeDeclined'];

it.each([
  ['a provider that voids a key', () => ({ ...payments, voids: true, methods: SIMULATED })],
  [
    'a provider that can not',
    () => ({ ...payments, provider: withoutVoiding(payments.provider), voids: false, methods: SIMULATED }),
  ],
  ['Stripe', () => ({ ...byStripe, voids: true, methods: STRIPES })],
])('attempts to charge and to refund, dying anywhere, leave one charge or none: %s', async (_name, of) => {
  const { store, provider, booksOf, voids, methods } = of();
  await fc.assert(
    fc.asyncProperty(
      fc.array(attempts, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat({ max: 5 }), { maxLength: 60 }),
      fc.constantFrom(...methods),
      fc.constantFrom('charge' as const, 'refund' as const),
      // Of Stripe's answers, in turn.
      fc.array(fc.constantFrom('none' as const, 'lost' as const, 'fails' as const, 'limited' as const), {
        maxLength: 8,
      }),
      async (made, turns, method, last, faults) => {
        byStripe.standIn.up();
        byStripe.standIn.next(...faults);
        const order = newOrder();
        const undo = { begun: 0, done: 0 };
        const actors = made.map(({ verb, diesAt, late }): Actor => async (stage) => {
          const life = mortal(stage, diesAt);
          const service = {
            store: life.using(store),
            provider: life.using(late ? sendsLate(provider, stage) : provider),
          };
          if (verb === 'charge') {
            await chargeOrder(service, { ...order, method });
          } else {
            undo.begun += 1;
            await undoCharge(service, order);
            undo.done += 1;
          }
        });
        await interleave(actors, turns);

        const service = { store, provider };
        // An undo that has begun is gone on with until it is done.
        const undone = last === 'refund' || undo.begun > 0;
        if (last === 'refund' || undo.done < undo.begun) await untilAnswered(() => undoCharge(service, order));
        else await untilAnswered(() => untilDecided(chargeOrder(service, { ...order, method })));
        byStripe.standIn.up();
        const books = await booksOf(order.orderId);
        expect(undone ? NO_MONEY_THERE : [...MONEY_THERE, ...NO_MONEY_THERE]).toContainEqual(books);

        if (!voids) return;
        // However late a request arrives, nothing changes any more.
        await untilAnswered(() => provider.charge(chargeOf(order, method)));
        expect(await booksOf(order.orderId)).toEqual(books);
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
});

it('an attempt whose answer was lost is found, also where the provider has forgotten its key by then', async () => {
  const order = newOrder();
  const charge = (provider: PaymentProvider) =>
    chargeOrder({ store: payments.store, provider }, { ...order, method: 'card_ok' });
  const dies: PaymentProvider = {
    ...payments.provider,
    charge: async (request) => {
      await payments.provider.charge(request);
      throw new Died('died before it heard the answer');
    },
  };
  await expect(charge(dies)).rejects.toThrow(Died);

  // A day later: a key that is used again is a new charge.
  const forgetful: PaymentProvider = {
    ...payments.provider,
    charge: (request) => payments.provider.charge({ ...request, idempotencyKey: `${request.idempotencyKey} again` }),
  };
  expect(await charge(forgetful)).toMatchObject({ outcome: 'charged' });
  const entries = await payments.ledger.ledgerEntry.findMany({
    where: { idempotencyKey: { startsWith: order.orderId } },
  });
  expect(entries).toMatchObject([{ idempotencyKey: order.orderId, status: 'CHARGED' }]);
  expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' });
});

it.each([
  ['charge', chargeOrder],
  ['refund', undoCharge],
] as const)('a charge that landed after its order was undone is refunded by the next %s', async (_name, again) => {
  const order = newOrder();
  const service = { store: payments.store, provider: withoutVoiding(payments.provider) };
  await undoCharge(service, order);
  await service.provider.charge(chargeOf(order, 'card_ok'));
  expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'CHARGED' });
  await again(service, { ...order, method: 'card_ok' });
  expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
});

/** Refunds what was charged, and leaves no mark where nothing was. */
function withoutVoiding(provider: PaymentProvider): PaymentProvider {
  return {
    ...provider,
    refund: async (request) => {
      const { outcome } = await provider.find(request);
      return outcome === 'charged' || outcome === 'voided' ? provider.refund(request) : { refunded: false };
    },
  };
}

function sendsLate(provider: PaymentProvider, stage: Stage): PaymentProvider {
  return {
    ...provider,
    charge: (request) => {
      stage.enter(() => provider.charge(request));
      return Promise.reject(new Died('died after it sent the request'));
    },
  };
}

async function untilDecided(charge: ReturnType<typeof chargeOrder>): Promise<void> {
  if ((await charge).outcome === 'pending') throw new ProviderUnavailable('asked again');
}
