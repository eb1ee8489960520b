import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderUnavailable } from '../payment-provider.js';
import { openPayments } from '../testing/open-payments.js';
import { describeProvider } from '../testing/provider-suite.js';
import { createSimulatedProvider } from './simulated-provider.js';

describeProvider('The simulated provider', async () => {
  const { ledger, simulator, close } = await openPayments();
  return {
    provider: createSimulatedProvider(ledger, { transferMs: 3_600_000 }),
    methods: {
      pays: 'card_ok',
      declined: { method: 'card_insufficient_funds', code: 'insufficient_funds' },
      paysLater: 'bank_transfer',
      losesCapture: 'card_lost_answer',
    },
    losingCapture: (capture) => expect(capture()).rejects.toThrow(ProviderUnavailable),
    expire: (idempotencyKey) =>
      ledger.ledgerEntry.update({ where: { idempotencyKey }, data: { holdExpiresAt: new Date(Date.now() - 1) } }),
    losing: (charge) => expect(charge('card_lost_answer')).rejects.toThrow(ProviderUnavailable),
    failing: async (asked) => {
      await simulator.set({ provider: 'down' });
      await asked('card_provider_down');
      await simulator.set({ provider: 'up' });
    },
    paid: (idempotencyKey) =>
      ledger.ledgerEntry.update({ where: { idempotencyKey }, data: { paidAt: new Date(Date.now() - 1) } }),
    // It has no keys beside its ledger.
    forgetKeys: () => undefined,
    close,
  };
});

let payments: Awaited<ReturnType<typeof openPayments>>;
beforeAll(async () => {
  payments = await openPayments();
});
afterAll(() => payments.close());

const chargeOf = (method: string) => ({ idempotencyKey: randomUUID(), amount: 3_500_000, currency: 'KRW', method });
const entryOf = (idempotencyKey: string) => payments.ledger.ledgerEntry.findUnique({ where: { idempotencyKey } });

describe('the simulated provider', () => {
  it('charges, though the first answer is lost', async () => {
    const request = chargeOf('card_lost_answer');
    await expect(payments.provider.charge(request)).rejects.toThrow('the answer was lost');
    const charged = await entryOf(request.idempotencyKey);
    expect(charged?.status).toBe('CHARGED');
    expect(await payments.provider.charge(request)).toEqual({ outcome: 'charged', chargeId: charged?.chargeId });
  });

  it('counts attempts in its ledger, so that another process goes on counting', async () => {
    const request = chargeOf('card_flaky');
    await expect(payments.provider.charge(request)).rejects.toThrow('internal error');
    const restarted = createSimulatedProvider(payments.ledger, { transferMs: 0 });
    await expect(restarted.charge(request)).rejects.toThrow('internal error');
    expect((await restarted.charge(request)).outcome).toBe('charged');
    expect((await entryOf(request.idempotencyKey))?.attempts).toBe(3);
  });

  it('counts each of the attempts made at once', async () => {
    const request = chargeOf('card_flaky');
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => payments.provider.charge(request)));
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(2);
  });

  it('has the money of a transfer when its time has come, also where nobody asks for it by its key', async () => {
    const request = chargeOf('bank_transfer');
    const slow = createSimulatedProvider(payments.ledger, { transferMs: 3_600_000 });
    for (let times = 0; times < 2; times++) expect(await slow.charge(request)).toEqual({ outcome: 'pending' });
    expect(await slow.find(request)).toEqual({ outcome: 'pending' });
    expect(await slow.entriesOf([request.idempotencyKey])).toEqual([]);
    const paidAt = new Date(Date.now() - 1);
    await payments.ledger.ledgerEntry.update({ where: { idempotencyKey: request.idempotencyKey }, data: { paidAt } });
    expect(await slow.entriesOf([request.idempotencyKey])).toMatchObject([{ status: 'CHARGED' }]);
    expect(await slow.find(request)).toMatchObject({ outcome: 'charged' });
  });

  it('is down for card_provider_down until it is told that it is up', async () => {
    const request = chargeOf('card_provider_down');
    expect(await payments.simulator.read()).toEqual({ provider: 'down' });
    await expect(payments.provider.charge(request)).rejects.toThrow('the provider is down');
    expect((await payments.provider.charge(chargeOf('card_ok'))).outcome).toBe('charged');
    await payments.simulator.set({ provider: 'up' });
    expect((await payments.provider.charge(request)).outcome).toBe('charged');
  });

  it.each([['card_ok'], ['card_declined'], ['card_lost_answer']])(
    'refuses a charge of %s that lands after its key was voided',
    async (method) => {
      const request = chargeOf(method);
      expect(await payments.provider.refund(request)).toEqual({ refunded: false });
      expect(await payments.provider.charge(request)).toEqual({ outcome: 'voided' });
      expect((await entryOf(request.idempotencyKey))?.status).toBe('VOIDED');
    },
  );

  it('voids a key that it has only failed for', async () => {
    const request = chargeOf('card_flaky');
    await expect(payments.provider.charge(request)).rejects.toThrow();
    expect(await payments.provider.refund(request)).toEqual({ refunded: false });
    expect(await payments.provider.charge(request)).toEqual({ outcome: 'voided' });
  });

  it('says what became of a charge', async () => {
    const find = (of: { idempotencyKey: string }) => payments.provider.find(of);
    const [lost, declined, flaky, voided] = [
      chargeOf('card_lost_answer'),
      chargeOf('card_declined'),
      chargeOf('card_flaky'),
      chargeOf('card_ok'),
    ];
    expect(await find(lost)).toEqual({ outcome: 'none' });
    for (const request of [lost, declined, flaky]) await payments.provider.charge(request).catch(() => undefined);
    await payments.provider.refund(voided);
    const chargeId = (await entryOf(lost.idempotencyKey))?.chargeId;
    expect(await find(lost)).toEqual({ outcome: 'charged', chargeId });
    expect(await find(declined)).toEqual({ outcome: 'declined', code: 'card_declined' });
    // That it failed says nothing of the next attempt.
    expect(await find(flaky)).toEqual({ outcome: 'none' });
    expect(await find(voided)).toEqual({ outcome: 'voided' });
    await payments.provider.refund(lost);
    expect(await find(lost)).toEqual({ outcome: 'voided' });
  });

  it('while it is down says nothing of a card_provider_down, and gives nothing back', async () => {
    const request = chargeOf('card_provider_down');
    await payments.simulator.set({ provider: 'up' });
    await payments.provider.charge(request);
    await payments.simulator.set({ provider: 'down' });
    await expect(payments.provider.find(request)).rejects.toThrow('the provider is down');
    await expect(payments.provider.refund(request)).rejects.toThrow('the provider is down');
    await payments.simulator.set({ provider: 'up' });
    expect(await payments.provider.refund(request)).toMatchObject({ refunded: true });
  });
});
