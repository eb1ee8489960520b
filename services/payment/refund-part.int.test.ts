import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interleave, mortal, type Actor } from '../../tests/support/interleave.js';
import { chargeOrder } from './charge-order.js';
import { undoIdOf } from './payment-store.js';
import { undoCharge } from './undo-charge.js';
import { refundPart } from './refund-part.js';
import { openPayments } from './testing/open-payments.js';

let payments: Awaited<ReturnType<typeof openPayments>>;
beforeAll(async () => {
  payments = await openPayments();
});
afterAll(() => payments.close());

const AMOUNT = 100;

async function charged() {
  const order = { orderId: randomUUID(), userId: 1, amount: AMOUNT, currency: 'KRW' };
  await chargeOrder(payments, { ...order, method: 'card_ok' });
  return order;
}

const partOf = ({ orderId }: { orderId: string }, amount: number, operationId: string = randomUUID()) => ({
  ...{ operationId, orderId, amount, reason: 'a scratch', requestedBy: '3' },
});

/** What went back, by operation, as both books have it. */
async function backOf(orderId: string) {
  const operations = await payments.operationsOf(orderId);
  const [entry] = await payments.provider.entriesOf([orderId]);
  const undo = operations.filter(({ id }) => id === undoIdOf(orderId));
  const parts = operations.filter(({ id, kind }) => kind === 'REFUND' && id !== undoIdOf(orderId));
  const byId = (rows: { id: string; amount: number }[]) => rows.sort((one, other) => (one.id < other.id ? -1 : 1));
  return {
    undo: undo.map(({ amount }) => Number(amount)),
    open: parts.filter(({ state }) => state === 'PENDING').length,
    ours: byId(parts.filter(({ state }) => state === 'DONE').map(({ id, amount }) => ({ id, amount: Number(amount) }))),
    theirs: byId((entry?.parts ?? []).map(({ idempotencyKey: id, amount }) => ({ id, amount }))),
    undoneThere: entry?.status === 'REFUNDED',
  };
}

const sum = (rows: { amount: number }[]) => rows.reduce((total, { amount }) => total + amount, 0);

describe('a part of a charge', () => {
  it('goes back once, however often and concurrently it is asked for', async () => {
    const order = await charged();
    const part = partOf(order, 30);
    const answers = await Promise.all(Array.from({ length: 4 }, () => refundPart(payments, part)));
    expect(answers.filter((answer) => answer.outcome === 'refunded' && answer.first)).toHaveLength(1);
    const one = [{ id: part.operationId, amount: 30 }];
    expect(await backOf(order.orderId)).toMatchObject({ ours: one, theirs: one });
  });

  it('goes back until all is refunded; what is more than is left is refused with that', async () => {
    const order = await charged();
    expect(await refundPart(payments, partOf(order, 60))).toMatchObject({ outcome: 'refunded' });
    expect(await refundPart(payments, partOf(order, 41))).toEqual({ outcome: 'too-much', left: 40 });
    expect(await refundPart(payments, partOf(order, 40))).toMatchObject({ outcome: 'refunded' });
    expect(await refundPart(payments, partOf(order, 1))).toEqual({ outcome: 'too-much', left: 0 });
    // The order itself goes on.
    expect(await chargeOrder(payments, { ...order, method: 'card_ok' })).toMatchObject({ outcome: 'charged' });
  });

  it('of many at once no more goes back than was charged', async () => {
    const order = await charged();
    const answers = await Promise.all(Array.from({ length: 5 }, () => refundPart(payments, partOf(order, 30))));
    expect(answers.filter(({ outcome }) => outcome === 'refunded')).toHaveLength(3);
    const { ours, theirs } = await backOf(order.orderId);
    expect([sum(ours), sum(theirs)]).toEqual([90, 90]);
  });

  it('is nothing where nothing was charged', async () => {
    expect(await refundPart(payments, partOf({ orderId: randomUUID() }, 1))).toEqual({ outcome: 'too-much', left: 0 });
  });

  it('is not another under the same id, nor the charge', async () => {
    const order = await charged();
    const part = partOf(order, 10);
    await refundPart(payments, part);
    expect(await refundPart(payments, { ...part, amount: 11 })).toEqual({ outcome: 'another' });
    const where = { id: order.orderId };
    await payments.prisma.paymentOperation.update({ where, data: { reason: part.reason } });
    expect(await refundPart(payments, partOf(order, AMOUNT, order.orderId))).toEqual({ outcome: 'another' });
  });

  it('that the provider refuses can be given back by another', async () => {
    const order = await charged();
    const refuses = {
      ...payments.provider,
      refundPart: () => Promise.resolve({ outcome: 'refused', code: 'no' } as const),
    };
    const part = partOf(order, AMOUNT);
    expect(await refundPart({ ...payments, provider: refuses }, part)).toEqual({ outcome: 'refused', code: 'no' });
    expect(await refundPart(payments, part)).toEqual({ outcome: 'refused', code: 'no' });
    expect(await refundPart(payments, partOf(order, AMOUNT))).toMatchObject({ outcome: 'refunded' });
  });

  it('whose answer was lost is found, also where the provider has forgotten its key by then', async () => {
    const order = await charged();
    const part = partOf(order, 10);
    const dies = { ...payments.provider, refundPart: () => Promise.reject(new Error('the process died')) };
    await expect(refundPart({ ...payments, provider: dies }, part)).rejects.toThrow('died');
    await payments.provider.refundPart({ idempotencyKey: part.operationId, chargeKey: order.orderId, amount: 10 });
    expect(await refundPart({ ...payments, provider: dies }, part)).toMatchObject({ outcome: 'refunded' });
  });

  it('is no part of what an undo gives back', async () => {
    const order = await charged();
    await refundPart(payments, partOf(order, 30));
    expect(await undoCharge(payments, order)).toMatchObject({ refunded: true, first: true });
    expect(await backOf(order.orderId)).toMatchObject({ undo: [70], undoneThere: true });
    expect(await refundPart(payments, partOf(order, 1))).toEqual({ outcome: 'too-much', left: 0 });
  });

  it('that is refused after an undo was the undo’s, also in what a version before reads', async () => {
    const order = await charged();
    const part = partOf(order, AMOUNT);
    const undoneMeanwhile = async () => {
      await undoCharge(payments, order);
      return { outcome: 'refused', code: 'no' } as const;
    };
    await refundPart({ ...payments, provider: { ...payments.provider, refundPart: undoneMeanwhile } }, part);
    expect(await backOf(order.orderId)).toMatchObject({ undo: [AMOUNT], undoneThere: true });
    const { amount } = await payments.prisma.refund.findFirstOrThrow({
      where: { payment: { orderId: order.orderId } },
    });
    expect(Number(amount)).toBe(AMOUNT);
  });

  it('that is all of it leaves nothing to the undo, which then is no operation', async () => {
    const order = await charged();
    await refundPart(payments, partOf(order, AMOUNT));
    expect(await undoCharge(payments, order)).toMatchObject({ refunded: true, first: true, amount: 0 });
    expect(await backOf(order.orderId)).toMatchObject({ undo: [], undoneThere: true });
    expect((await payments.booksOf(order.orderId)).refunds).toBe(0);
  });

  it.each([0, -1])('of %i is refused by the database, and asked of nobody', async (amount) => {
    const order = await charged();
    await expect(refundPart(payments, partOf(order, amount))).rejects.toThrow('check constraint');
    expect(await payments.operationsOf(order.orderId)).toHaveLength(1);
    expect(await backOf(order.orderId)).toMatchObject({ ours: [], theirs: [] });
  });
});

const attempts = fc.record({
  // Several of the same id are one that is tried again; null: the undo of the order.
  of: fc.constantFrom(0, 1, 2, null),
  diesAt: fc.option(fc.nat({ max: 6 }), { nil: undefined }),
});

it('parts and undo, racing and dying anywhere, give back what both books say and never more than was charged', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(attempts, { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: AMOUNT }), { minLength: 3, maxLength: 3 }),
      fc.array(fc.nat({ max: 5 }), { maxLength: 60 }),
      async (made, amounts, turns) => {
        const order = await charged();
        const parts = amounts.map((amount) => partOf(order, amount));
        const attempt = (of: number | null, service: Pick<typeof payments, 'store' | 'provider'>) => {
          const part = of === null ? undefined : parts[of];
          return part === undefined ? undoCharge(service, order) : refundPart(service, part);
        };
        const actors = made.map(({ of, diesAt }): Actor => async (stage) => {
          const life = mortal(stage, diesAt);
          await attempt(of, { store: life.using(payments.store), provider: life.using(payments.provider) });
        });
        await interleave(actors, turns);

        const between = await backOf(order.orderId);
        expect(sum(between.theirs)).toBeLessThanOrEqual(AMOUNT);
        // Whatever was begun is gone on with until it is done.
        for (const { of } of made) await attempt(of, payments);
        const { undo, open, ours, theirs, undoneThere } = await backOf(order.orderId);
        expect(ours).toEqual(theirs);
        expect(open).toBe(0);
        const back = sum(ours) + (undo[0] ?? 0);
        if (undoneThere) expect(back).toBe(AMOUNT);
        else expect([undo, back <= AMOUNT]).toEqual([[], true]);
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
});
