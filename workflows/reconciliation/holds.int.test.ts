import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTLED_DETAIL } from '../../contracts/timeline.js';
import { Prisma } from '../../services/order/prisma/generated/client.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { deliveryUpdate, giveUp } from '../order/messages.js';
import { openShop, type Shop } from './testing/open-shop.js';

let shop: Shop;
beforeAll(async () => {
  const times = { attentionAfterMs: 60_000, paymentWindowMs: 86_400_000, carrierSilenceMs: 86_400_000 };
  shop = await openShop(times, 'at_hand_over');
});
afterAll(() => shop.close());

const product = () => shop.inventory.stocked(10);
const booksOf = (orderId: string) => shop.payments.booksOf(orderId);
const setTheirs = (idempotencyKey: string, status: string) =>
  shop.payments.ledger.ledgerEntry.update({ where: { idempotencyKey }, data: { status } });
/** Both looks of a pass at this order alone, with the repair of what it finds. */
const repaired = async (orderId: string) => {
  const { repaired: done, findings } = await shop.reconcile({ orderIds: [orderId], repair: true });
  return { kinds: done.map(({ kind, gone }) => [kind, gone]), left: findings.map(({ kind }) => kind) };
};

describe('money that is held until the hand-over', { timeout: 180_000 }, () => {
  it('is taken when the parcel is on its way, by the services as they are, and the books agree all the time', async () => {
    const orderId = await shop.waitsForTheCarrier(await product());
    expect(await booksOf(orderId)).toEqual({ ours: 'AUTHORISED', refunds: 0, providers: 'HELD' });
    expect(await repaired(orderId)).toEqual({ kinds: [], left: [] });
    const at = new Date().toISOString();
    await shop.handleOf(orderId).signal(deliveryUpdate, { status: 'in_transit', at });
    await waitFor('the capture', async () => (await booksOf(orderId)).ours === 'CHARGED', { timeoutMs: 30_000 });
    expect(await booksOf(orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' });
    expect(await repaired(orderId)).toEqual({ kinds: [], left: [] });
    await shop.handleOf(orderId).signal(giveUp);
    await shop.handleOf(orderId).result();
    expect(await booksOf(orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
    expect(await repaired(orderId)).toEqual({ kinds: [], left: [] });
  });

  it('is let go of where the order is called off, and by the repair where it was held all the same', async () => {
    const orderId = await shop.cancelled(await product());
    expect(await booksOf(orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'VOIDED' });
    await setTheirs(orderId, 'HELD');
    expect(await repaired(orderId)).toEqual({ kinds: [['charge-not-in-books', true]], left: [] });
    expect(await booksOf(orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'VOIDED' });
  });

  it('is let go of by the repair where the workflow of its order is gone', async () => {
    const orderId = await shop.waitsForTheCarrier(await product());
    await shop.handleOf(orderId).terminate('a mistake');
    expect(await repaired(orderId)).toEqual({ kinds: [['workflow-gone', true]], left: [] });
    expect(await booksOf(orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'VOIDED' });
  });

  it('is taken by the repair where that is gone, and its parcel delivered', async () => {
    const orderId = await shop.waitsForTheCarrier(await product());
    await shop.reported(orderId, 'delivered');
    await shop.handleOf(orderId).terminate('a mistake');
    expect(await repaired(orderId)).toEqual({ kinds: [['workflow-gone', true]], left: [] });
    expect(await booksOf(orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' });
  });

  it('is let go of, and not taken, by the repairs where an operator has settled its charge', async () => {
    const orderId = await shop.waitsForTheCarrier(await product());
    // Its answer was lost: the order does not know that anything is held.
    await shop.orders.prisma.order.update({
      where: { id: orderId },
      data: { payment: Prisma.DbNull, paymentId: null },
    });
    const entry = { key: 'by-hand', step: 'charge-payment', service: 'payment-service', outcome: 'done' };
    await shop.orders.prisma.timelineEntry.create({
      data: { ...entry, orderId, attempts: 1, detail: SETTLED_DETAIL, at: new Date() },
    });
    await shop.reported(orderId, 'delivered');
    await shop.handleOf(orderId).terminate('a mistake');
    expect(await repaired(orderId)).toEqual({ kinds: [['workflow-gone', true]], left: ['hold-not-released'] });
    expect(await booksOf(orderId)).toEqual({ ours: 'AUTHORISED', refunds: 0, providers: 'HELD' });
    expect(await repaired(orderId)).toEqual({ kinds: [['hold-not-released', true]], left: [] });
    expect(await booksOf(orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'VOIDED' });
  });

  it('that the provider took, and our books did not hear of, is written down', async () => {
    const orderId = await shop.completed(await product());
    await shop.payments.prisma.payment.update({ where: { orderId }, data: { status: 'AUTHORISED' } });
    expect(await repaired(orderId)).toEqual({ kinds: [['charge-not-in-books', true]], left: [] });
    expect(await booksOf(orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' });
  });

  it('is taken where it is still held for an order that is delivered', async () => {
    const orderId = await shop.completed(await product());
    await shop.payments.prisma.payment.update({ where: { orderId }, data: { status: 'AUTHORISED' } });
    await setTheirs(orderId, 'HELD');
    expect(await repaired(orderId)).toEqual({ kinds: [['payment-not-captured', true]], left: [] });
    expect(await booksOf(orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' });
  });
});
