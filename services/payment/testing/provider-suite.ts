import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PaymentProvider, type ProviderCharge, ProviderUnavailable } from '../payment-provider.js';

/** A provider, and how it is brought into what can happen. */
export interface ProviderUnderTest {
  provider: PaymentProvider;
  methods: { pays: string; declined: { method: string; code: string }; paysLater: string; losesCapture: string };
  /** Charges, and nobody hears of it: by the method that it answers with, which is then up again. */
  losing: (charge: (method: string) => Promise<unknown>) => Promise<unknown>;
  /** Captures what was charged by `losesCapture`, and nobody hears of it. */
  losingCapture: (capture: () => Promise<unknown>) => Promise<unknown>;
  /** What is held by this key is held no longer: nobody has captured it in its time. */
  expire: (key: string) => Promise<unknown>;
  /** It fails while that runs, and nothing happens there: charges by the method that it answers with. */
  failing: (asked: (method: string) => Promise<unknown>) => Promise<unknown>;
  /** The money of what is paid later is there. */
  paid: (key: string) => Promise<unknown>;
  /** It has forgotten each idempotency key that was used. */
  forgetKeys: () => void;
  close: () => Promise<unknown>;
}

/** What every provider has to do, whoever it is: `open` makes one that nobody has used. */
export function describeProvider(name: string, open: () => Promise<ProviderUnderTest>): void {
  describe(`${name}, as every provider`, () => {
    let test: ProviderUnderTest;
    let provider: PaymentProvider;
    beforeAll(async () => {
      test = await open();
      provider = test.provider;
    });
    afterAll(() => test.close());

    let request: ProviderCharge;
    beforeEach(() => {
      request = newCharge(test.methods.pays);
    });
    const charged = async (of: ProviderCharge = request): Promise<string> => {
      const answer = await provider.charge(of);
      if (answer.outcome !== 'charged') throw new Error(`not charged but ${answer.outcome}`);
      return answer.chargeId;
    };
    const entry = async () => (await provider.entriesOf([request.idempotencyKey]))[0];

    it('charges a key once, however often it is asked', async () => {
      const chargeId = await charged();
      for (let times = 0; times < 2; times++) expect(await charged()).toBe(chargeId);
      expect(await provider.find(request)).toEqual({ outcome: 'charged', chargeId });
      const { amount, currency } = request;
      expect(await entry()).toMatchObject({ status: 'CHARGED', chargeId, amount, currency, parts: [] });
    });

    it('charges a key once when it is asked by many at once', async () => {
      const ids = await Promise.all(Array.from({ length: 10 }, () => charged()));
      expect(new Set(ids).size).toBe(1);
    });

    it('knows of nothing where nothing was asked', async () => {
      expect(await provider.find(request)).toEqual({ outcome: 'none' });
      expect(await entry()).toBeUndefined();
    });

    it('says what became of a charge whose answer was lost, and does not charge again', async () => {
      await test.losing((method) => provider.charge({ ...request, method }));
      const found = await provider.find(request);
      expect(found).toMatchObject({ outcome: 'charged' });
      expect(await provider.charge(request)).toEqual(found);
    });

    it('fails with an outcome that is not known, and charges once it answers again', async () => {
      let asked = request;
      await test.failing(async (method) => {
        asked = { ...request, method };
        await expect(provider.charge(asked)).rejects.toThrow(ProviderUnavailable);
      });
      expect(await provider.find(asked)).toEqual({ outcome: 'none' });
      expect(await entry()).toBeUndefined();
      await charged(asked);
    });

    it('declines the same way each time, with its code', async () => {
      const { method, code } = test.methods.declined;
      const declined = { outcome: 'declined', code };
      for (let times = 0; times < 2; times++) expect(await provider.charge({ ...request, method })).toEqual(declined);
      expect(await provider.find(request)).toEqual(declined);
      expect(await entry()).toMatchObject({ status: 'DECLINED' });
      expect(await provider.refund(request)).toEqual({ refunded: false });
    });

    it('answers that a charge is pending until its money is there', async () => {
      const later = { ...request, method: test.methods.paysLater };
      for (let times = 0; times < 2; times++) expect(await provider.charge(later)).toEqual({ outcome: 'pending' });
      expect(await provider.find(later)).toEqual({ outcome: 'pending' });
      expect(await entry()).toBeUndefined();
      await test.paid(request.idempotencyKey);
      expect(await provider.find(later)).toMatchObject({ outcome: 'charged' });
      expect(await provider.charge(later)).toMatchObject({ outcome: 'charged' });
    });

    it('gives a charge back once, and then refuses its key', async () => {
      const chargeId = await charged();
      const refunds = await Promise.all([provider.refund(request), provider.refund(request)]);
      expect(refunds).toEqual([
        { refunded: true, chargeId },
        { refunded: true, chargeId },
      ]);
      expect(await provider.charge(request)).toEqual({ outcome: 'voided' });
      expect(await provider.find(request)).toEqual({ outcome: 'voided' });
      expect(await entry()).toMatchObject({ status: 'REFUNDED', parts: [] });
    });

    it('refuses a charge that comes after its undo', async () => {
      expect(await provider.refund(request)).toEqual({ refunded: false });
      expect(await provider.charge(request)).toEqual({ outcome: 'voided' });
      expect(await provider.find(request)).toEqual({ outcome: 'voided' });
    });

    it('never keeps the money of a key that is charged and undone at once', async () => {
      for (let round = 0; round < 20; round++) {
        const of = newCharge(test.methods.pays);
        // Of the two, one may find that the other was quicker: it is asked again, as a step is.
        const undo = async (): Promise<unknown> => {
          try {
            return await provider.refund(of);
          } catch (error) {
            if (!(error instanceof ProviderUnavailable)) throw error;
            return provider.refund(of);
          }
        };
        await Promise.all([provider.charge(of), undo()]);
        expect(['REFUNDED', 'VOIDED', undefined]).toContain((await provider.entriesOf([of.idempotencyKey]))[0]?.status);
        expect(await provider.charge(of)).toEqual({ outcome: 'voided' });
      }
    });

    const partOf = (amount: number) => ({
      idempotencyKey: `ref_${randomUUID()}`,
      chargeKey: request.idempotencyKey,
      amount,
    });
    const tooMuch = { outcome: 'refused', code: 'charge_already_refunded' };

    it('gives a part back once by its key, no more than is left, and then the rest', async () => {
      await charged();
      const part = partOf(3_000_000);
      const first = await provider.refundPart(part);
      expect(first).toMatchObject({ outcome: 'refunded' });
      expect(await provider.refundPart(part)).toEqual(first);
      expect(await provider.refundPart(partOf(500_001))).toEqual(tooMuch);
      const parts = [{ idempotencyKey: part.idempotencyKey, amount: part.amount }];
      expect(await entry()).toMatchObject({ status: 'CHARGED', parts });
      expect(await provider.refund(request)).toMatchObject({ refunded: true });
      expect(await provider.refundPart(partOf(1))).toEqual(tooMuch);
      expect(await entry()).toMatchObject({ status: 'REFUNDED', parts });
    });

    it('stays charged where all of it went back in parts', async () => {
      await charged();
      await provider.refundPart(partOf(request.amount));
      expect(await entry()).toMatchObject({ status: 'CHARGED', parts: [{ amount: request.amount }] });
    });

    it('refuses a part of what was never charged', async () => {
      expect(await provider.refundPart(partOf(1))).toEqual({ outcome: 'refused', code: 'no_such_charge' });
    });

    const held = async (method = test.methods.pays): Promise<string> => {
      const of: ProviderCharge = { ...request, method, capture: false };
      // Of the charge, too, the first answer may be lost.
      const answer = await provider.charge(of).catch(() => provider.charge(of));
      if (answer.outcome !== 'held') throw new Error(`not held but ${answer.outcome}`);
      return answer.chargeId;
    };
    const captureOf = (amount = request.amount) => ({
      idempotencyKey: `${request.idempotencyKey}/capture`,
      chargeKey: request.idempotencyKey,
      amount,
    });
    const refusedCapture = { outcome: 'refused', code: expect.any(String) as string };

    it('holds what is not to be captured, and says until when', async () => {
      const chargeId = await held();
      expect(await held()).toBe(chargeId);
      const found = await provider.find(request);
      expect(found).toMatchObject({ outcome: 'held', chargeId });
      expect(Date.parse((found as { expiresAt: string }).expiresAt)).toBeGreaterThan(Date.now());
      expect(await entry()).toMatchObject({ status: 'HELD', chargeId, amount: request.amount, parts: [] });
    });

    it('charges what can not be held', async () => {
      const later = { ...request, method: test.methods.paysLater, capture: false } as const;
      expect(await provider.charge(later)).toEqual({ outcome: 'pending' });
      await test.paid(request.idempotencyKey);
      expect(await provider.charge(later)).toMatchObject({ outcome: 'charged' });
    });

    it('captures a hold once, however often and by how many it is asked', async () => {
      const chargeId = await held();
      const captured = { outcome: 'captured', chargeId };
      const answers = await Promise.all(Array.from({ length: 5 }, () => provider.capture(captureOf())));
      for (const answer of [...answers, await provider.capture(captureOf())]) expect(answer).toEqual(captured);
      test.forgetKeys();
      expect(await provider.capture(captureOf())).toEqual(captured);
      expect(await provider.find(request)).toEqual({ outcome: 'charged', chargeId });
      expect(await entry()).toMatchObject({ status: 'CHARGED', amount: request.amount });
    });

    it('knows of a capture whose answer was lost', async () => {
      const chargeId = await held(test.methods.losesCapture);
      await test.losingCapture(() => provider.capture(captureOf()));
      expect(await provider.find(request)).toEqual({ outcome: 'charged', chargeId });
      expect(await provider.capture(captureOf())).toEqual({ outcome: 'captured', chargeId });
    });

    it('captures no more than is held, and nothing that is not', async () => {
      expect(await provider.capture(captureOf())).toEqual({ outcome: 'refused', code: 'no_such_charge' });
      await held();
      const tooMuch = { ...captureOf(request.amount + 1), idempotencyKey: randomUUID() };
      expect(await provider.capture(tooMuch)).toEqual({ outcome: 'refused', code: 'amount_too_large' });
      expect(await entry()).toMatchObject({ status: 'HELD' });
      expect(await provider.capture(captureOf())).toMatchObject({ outcome: 'captured' });
    });

    it('captures nothing of a hold that has expired, of which nothing is left to give back', async () => {
      await held();
      await test.expire(request.idempotencyKey);
      expect(await provider.capture(captureOf())).toEqual(refusedCapture);
      expect(await provider.find(request)).toMatchObject({ outcome: 'declined' });
      expect(await entry()).toMatchObject({ status: 'DECLINED' });
      expect(await provider.refund(request)).toEqual({ refunded: false });
      expect(await provider.capture(captureOf())).toEqual(refusedCapture);
    });

    it('lets go of a hold, and then captures nothing of it', async () => {
      await held();
      for (let times = 0; times < 2; times++) expect(await provider.refund(request)).toEqual({ refunded: false });
      expect(await entry()).toMatchObject({ status: 'VOIDED' });
      expect(await provider.capture(captureOf())).toEqual(refusedCapture);
      expect(await provider.charge({ ...request, capture: false })).toEqual({ outcome: 'voided' });
    });

    it('gives back what was captured, in parts and the rest', async () => {
      const chargeId = await held();
      await provider.capture(captureOf());
      expect(await provider.refundPart(partOf(500_000))).toMatchObject({ outcome: 'refunded' });
      expect(await provider.refund(request)).toEqual({ refunded: true, chargeId });
      expect(await entry()).toMatchObject({ status: 'REFUNDED', parts: [{ amount: 500_000 }] });
      // Whatever it says to a capture that comes late, nothing is taken again.
      await provider.capture(captureOf());
      expect(await entry()).toMatchObject({ status: 'REFUNDED', parts: [{ amount: 500_000 }] });
    });

    it('never keeps the money of what is captured and undone at once', async () => {
      for (let round = 0; round < 20; round++) {
        request = newCharge(test.methods.pays);
        await held();
        const asked = { ...request };
        const undo = () => provider.refund(asked).catch(() => provider.refund(asked));
        const [, undone] = await Promise.all([provider.capture(captureOf()), undo()]);
        expect((await entry())?.status).toBe(undone.refunded ? 'REFUNDED' : 'VOIDED');
      }
    });

    it('knows what it did after it has forgotten all keys', async () => {
      const chargeId = await charged();
      test.forgetKeys();
      expect(await charged()).toBe(chargeId);
      await provider.refund(request);
      test.forgetKeys();
      expect(await provider.refund(request)).toEqual({ refunded: true, chargeId });
      expect(await provider.charge(request)).toEqual({ outcome: 'voided' });
      const declined = newCharge(test.methods.declined.method);
      await provider.charge(declined);
      test.forgetKeys();
      expect(await provider.charge({ ...declined, method: test.methods.pays })).toMatchObject({ outcome: 'declined' });
    });

    it('lists what it has decided page by page, ascending by key, and what has changed', async () => {
      const before = new Date(Date.now() - 1);
      const requests = Array.from({ length: 4 }, () => newCharge(test.methods.pays));
      for (const of of requests) await charged(of);
      const keys: string[] = [];
      for (;;) {
        const page = await provider.list({ after: keys.at(-1), limit: 2 });
        if (page.length === 0) break;
        keys.push(...page);
      }
      expect(keys).toEqual([...new Set(keys)].sort());
      expect(keys).toEqual(expect.arrayContaining(requests.map(({ idempotencyKey }) => idempotencyKey)));
      expect(await provider.list({ limit: 1_000, since: before })).toEqual(
        expect.arrayContaining(requests.map(({ idempotencyKey }) => idempotencyKey)),
      );
      expect(await provider.list({ limit: 1_000, since: new Date(Date.now() + 60_000) })).toEqual([]);
    });
  });
}

const newCharge = (method: string): ProviderCharge => ({
  ...{ idempotencyKey: randomUUID(), amount: 3_500_000, currency: 'KRW', method },
});
