import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReconciliationPasses } from '../../services/order/reconciliation-reader.js';
import { openShop, type Shop } from './testing/open-shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const SLOW = 180_000;

describe('a pass over what changed', () => {
  it('names what it found before again, until it is put right, and what comes late', { timeout: SLOW }, async () => {
    const orderId = await shop.cancelled(await shop.inventory.stocked(10));
    const data = { updatedAt: new Date(Date.now() - 3_600_000) };
    await shop.orders.prisma.order.update({ where: { id: orderId }, data });
    await shop.inventory.prisma.reservation.updateMany({ where: { orderId }, data });
    await shop.payments.prisma.payment.update({ where: { orderId }, data });
    await shop.payments.prisma.paymentOperation.updateMany({ where: { orderId }, data });
    await shop.payments.ledger.ledgerEntry.update({ where: { idempotencyKey: orderId }, data });
    const nothingWasHeardForLong = () => shop.deliveries.prisma.delivery.update({ where: { orderId }, data });
    await nothingWasHeardForLong();
    const changed = async () =>
      (await shop.reconcile({ scope: 'changed' })).findings.map(({ kind, orderId: of }) => `${kind} ${of ?? ''}`);
    await shop.reconcile();
    expect(await changed()).toEqual([]);
    await shop.reported(orderId, 'delivered');
    const late = `delivered-but-cancelled ${orderId}`;
    expect(await changed()).toEqual([late]);
    await nothingWasHeardForLong();
    expect(await changed()).toEqual([late]);
    await shop.deliveries.prisma.deliveryEvent.deleteMany({ where: { delivery: { orderId } } });
    expect(await changed()).toEqual([]);
    expect(await shop.orders.prisma.unreconciled.count()).toBe(0);
  });

  it('becomes one over everything when there was none for a week', async () => {
    const { since, end } = createReconciliationPasses(shop.orders.prisma);
    const week = 7 * 86_400_000;
    expect(await since(week)).toBeInstanceOf(Date);
    expect(await since(week, 'all')).toBeUndefined();
    await shop.orders.prisma.reconciliation.updateMany({ data: { ofAll: false } });
    await end({ startedAt: new Date(), ofAll: false });
    expect(await since(week)).toBeUndefined();
    expect(await since(week, 'changed')).toBeInstanceOf(Date);
  });

  it('leaves what is over and was found clean, however much there is', { timeout: SLOW }, async () => {
    for (let rows = 0; rows < 100_000; rows += 5_000) await shop.manyCancelled(5_000, '1 year');
    await createReconciliationPasses(shop.orders.prisma).end({ startedAt: new Date(), ofAll: true });
    await shop.manyCancelled(100, '0 s');
    const began = Date.now();
    const report = await shop.reconcile({ scope: 'changed' });
    expect(report.findings).toEqual([]);
    expect(report.checked.orders).toBeGreaterThanOrEqual(100);
    expect(report.checked.orders).toBeLessThan(300);
    expect(Date.now() - began).toBeLessThan(30_000);
  });
});
