import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReconciliationInput } from '../../contracts/reconciliation.js';
import { resetWorkflow } from '../../tests/support/temporal.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { giveUp, settled } from '../order/messages.js';
import { openShop, type Shop } from './testing/open-shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ attentionAfterMs: 1_000, paymentWindowMs: 60_000, carrierSilenceMs: 86_400_000 });
  await shop.payments.simulator.set({ provider: 'up' });
});
afterAll(() => shop.close());

const SLOW = 180_000;

const linesOf = async (orderId: string, step = 'refund-payment') => {
  const rows = await shop.orders.prisma.timelineEntry.findMany({
    where: { orderId, step },
    orderBy: { number: 'asc' },
  });
  return rows.map(({ outcome, detail }) => [outcome, detail]);
};
const charged = { ours: 'CHARGED', refunds: 0, providers: 'CHARGED' };

/** Given up while the provider was away; the customer was then paid back by bank transfer. */
async function paidBackByHand(): Promise<string> {
  const orderId = await shop.place(await shop.inventory.stocked(10));
  const paymentMethod = 'card_provider_down';
  await shop.orders.prisma.order.update({ where: { id: orderId }, data: { paymentMethod } });
  await shop.reaches(await shop.start(orderId), 'DELIVERY_STARTED');
  await shop.payments.simulator.set({ provider: 'down' });
  await shop.handleOf(orderId).signal(giveUp);
  const waits = { id: orderId, needsAttention: true, attentionStep: 'refund-payment' };
  await waitFor('attention', () => shop.orders.prisma.order.count({ where: waits }), { timeoutMs: 30_000 });
  await shop.handleOf(orderId).signal(settled);
  await waitFor('its line', async () =>
    (await linesOf(orderId)).some(([, detail]) => detail === 'settled by an operator'),
  );
  await shop.payments.simulator.set({ provider: 'up' });
  return orderId;
}

describe('a refund that was paid by hand', { timeout: SLOW }, () => {
  it('is not paid again by a reset, and is told with what the books say', async () => {
    const orderId = await paidBackByHand();
    await shop.handleOf(orderId).result();
    await resetWorkflow(shop.temporal.namespace, orderId, 'refundPayment');
    await shop.handleOf(orderId).result();
    expect(await shop.payments.booksOf(orderId)).toEqual(charged);
    expect((await linesOf(orderId)).slice(-3)).toEqual([
      ['undone', 'settled by an operator'],
      ['asked', 'after a reset'],
      ['undone', 'settled by an operator before'],
    ]);
    const report = await shop.reconcile({ orderIds: [orderId], repair: true });
    expect(report).toMatchObject({ findings: [], repaired: [] });
    expect(report.information.settled).toEqual([
      expect.objectContaining({ orderId, step: 'refund-payment', stands: 'payment CHARGED, provider CHARGED' }),
    ]);
  });

  it('is not paid again by the undo of a repair', async () => {
    const orderId = await paidBackByHand();
    const handle = shop.handleOf(orderId);
    await handle.result();
    // As if it had been terminated before its last record, while it waited.
    await shop.orders.prisma.order.update({
      where: { id: orderId },
      data: {
        ...{ status: 'CANCELLING', needsAttention: true, attentionStep: 'release-stock', attentionSince: new Date() },
        ...{ attentionReason: 'TIMED_OUT', attentionError: 'timed out' },
      },
    });
    await shop.forget(orderId);
    const { repaired, findings, information } = await shop.reconcile({ orderIds: [orderId], repair: true });
    expect(repaired).toMatchObject([{ kind: 'workflow-gone', gone: true }]);
    expect([findings, information.needAttention]).toEqual([[], []]);
    expect(await shop.payments.booksOf(orderId)).toEqual(charged);
    expect((await linesOf(orderId)).slice(-2)).toEqual([
      ['undone', 'settled by an operator'],
      ['undone', 'settled by an operator before'],
    ]);
    // What was not settled was asked for once more, and so it stands there once more.
    expect(await linesOf(orderId, 'release-stock')).toEqual([
      ['undone', null],
      ['undone', null],
    ]);
  });
});

describe('a finding that no repair can see to', { timeout: SLOW }, () => {
  const acknowledge = { kind: 'settled-and-done', by: 'hana', note: 'she has sent it back' } as const;

  it('is told until an operator acknowledges it, who stands in the timeline; twice is as once', async () => {
    const orderId = await paidBackByHand();
    await shop.handleOf(orderId).result();
    const refundedAt = (updatedAt: Date) =>
      shop.payments.prisma.payment.update({ where: { orderId }, data: { status: 'REFUNDED', updatedAt } });
    await refundedAt(new Date());
    await shop.payments.ledger.ledgerEntry.update({
      where: { idempotencyKey: orderId },
      data: { status: 'REFUNDED' },
    });
    const kindsOf = async (input: ReconciliationInput = {}) =>
      (await shop.reconcile({ orderIds: [orderId], ...input })).findings.map(({ kind }) => kind);
    expect(await kindsOf()).toEqual(['settled-and-done']);
    expect(await kindsOf({ acknowledge: { ...acknowledge, kind: 'stock-missing' } })).toEqual(['settled-and-done']);

    const { repaired, findings } = await shop.reconcile({ orderIds: [orderId], acknowledge });
    expect(findings).toEqual([]);
    expect(repaired).toMatchObject([{ kind: 'settled-and-done', gone: true, did: 'put right by hand, says hana' }]);
    expect(await kindsOf()).toEqual([]);
    expect(await kindsOf({ acknowledge })).toEqual([]);
    const lines = await shop.orders.prisma.timelineEntry.findMany({ where: { orderId, step: 'acknowledged' } });
    expect(lines).toMatchObject([{ askedBy: 'hana', note: acknowledge.note, outcome: 'done' }]);

    await refundedAt(new Date(Date.now() + 1_000));
    expect(await kindsOf()).toEqual(['settled-and-done']);
  });

  it('and one that a repair can see to, is not acknowledged', async () => {
    const orderId = await shop.cancelled(await shop.inventory.stocked(10));
    await shop.inventory.prisma.reservation.updateMany({ where: { orderId }, data: { status: 'HELD' } });
    const { repaired, findings } = await shop.reconcile({
      orderIds: [orderId],
      acknowledge: { ...acknowledge, kind: 'stock-still-held' },
    });
    expect(repaired).toMatchObject([{ gone: false, did: 'nothing: --repair can see to it' }]);
    expect(findings.map(({ kind }) => kind)).toEqual(['stock-still-held']);
  });
});
