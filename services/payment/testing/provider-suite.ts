import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PaymentProvider, type ProviderCharge, ProviderUnavailable } from '../payment-provider.js';

/** A provider, and how it is brought into what can happen. */
export interface ProviderUnderTest {
  provider: PaymentProvider;
  methods: { pays: string; declined: { method: string; code: string }; paysLater: string };
  /** Charges, and nobody hears of it: by the method that it answers with, which is then up again. */
  losing: (charge: (method: string) => Promise<unknown>) => Promise<unknown>;
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
