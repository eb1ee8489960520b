import { randomUUID } from 'node:crypto';
import { WorkflowIdReusePolicy } from '@temporalio/common';
import type { FindingKind } from '../../../contracts/reconciliation.js';
import { SETTLED_DETAIL } from '../../../contracts/timeline.js';
import { workflowIdOf } from '../../../contracts/order-saga.js';
import { recordRefund } from '../../../services/order/progress-store.js';
import { undoIdOf } from '../../../services/payment/payment-store.js';
import { refundPart } from '../../../services/payment/refund-part.js';
import type { Shop } from './open-shop.js';

export interface Planted {
  kind: FindingKind;
  orderId?: string;
  productId?: number;
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

/** Ways to break the books, one of each kind; each answers with what a reconciliation has to name. */
export function damagesOf(shop: Shop): Record<FindingKind, () => Promise<Omit<Planted, 'kind'>>> {
  const { orders, inventory, payments, deliveries } = shop;
  const product = () => inventory.stocked(10);
  const completed = async () => shop.completed(await product());
  const cancelled = async () => shop.cancelled(await product());

  const setOrder = (id: string, data: { status: string; updatedAt?: Date }) =>
    orders.prisma.order.update({ where: { id }, data });
  const setStock = (orderId: string, data: { status?: string; quantity?: number }) =>
    inventory.prisma.reservation.updateMany({ where: { orderId }, data });
  const moveLevel = async (orderId: string, by: { quantity: number; reserved: number }) => {
    const { productId } = await inventory.prisma.reservation.findFirstOrThrow({ where: { orderId } });
    await inventory.prisma.stockLevel.update({
      where: { productId },
      data: { quantity: { increment: by.quantity }, reserved: { increment: by.reserved } },
    });
  };
  const setOurs = async (orderId: string, data: { status?: string; amount?: bigint; heldFirst?: boolean }) => {
    const { id } = await payments.prisma.payment.update({ where: { orderId }, data });
    if (data.status === 'REFUNDED') return;
    await payments.prisma.refund.deleteMany({ where: { paymentId: id } });
    await payments.prisma.paymentOperation.deleteMany({ where: { id: undoIdOf(orderId) } });
  };
  const setTheirs = (idempotencyKey: string, status: string) =>
    payments.ledger.ledgerEntry.update({ where: { idempotencyKey }, data: { status } });
  const setDelivery = (orderId: string, status: string) =>
    deliveries.prisma.delivery.update({ where: { orderId }, data: { status } });

  const settleByHand = (orderId: string, entry: { step: string; service: string; outcome: string }) =>
    orders.prisma.timelineEntry.create({
      data: { ...entry, key: 'by-hand', orderId, attempts: 1, detail: SETTLED_DETAIL, at: minutesAgo(2) },
    });
  const held = async () => {
    const orderId = await completed();
    await setOurs(orderId, { status: 'AUTHORISED', heldFirst: true });
    const inAnHour = new Date(Date.now() + 3_600_000);
    await payments.ledger.ledgerEntry.update({
      where: { idempotencyKey: orderId },
      data: { status: 'HELD', hold: true, holdExpiresAt: inAnHour },
    });
    return { orderId };
  };
  const partOf = (orderId: string) => ({
    ...{ operationId: `ref_${randomUUID()}`, orderId, amount: 1, reason: 'a scratch', requestedBy: '3' },
  });

  return {
    'workflow-never-started': async () => {
      const orderId = await shop.place(await product());
      await orders.prisma.order.update({ where: { id: orderId }, data: { createdAt: minutesAgo(1) } });
      return { orderId };
    },
    'workflow-gone': async () => {
      const orderId = await shop.open(await product());
      await shop.handleOf(orderId).terminate('a mistake');
      return { orderId };
    },
    'workflow-outlives-order': async () => {
      const orderId = await shop.place(await product());
      await shop.workflows.start('orderSaga', {
        workflowId: workflowIdOf(orderId),
        taskQueue: 'nobody',
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      });
      await setOrder(orderId, { status: 'CANCELLED', updatedAt: minutesAgo(2) });
      return { orderId };
    },
    'status-differs': async () => {
      const orderId = await shop.start(await shop.place(await product(), 1_000));
      await shop.handleOf(orderId).result();
      await setOrder(orderId, { status: 'PENDING' });
      return { orderId };
    },
    'stock-lines-differ': async () => {
      const orderId = await completed();
      await setStock(orderId, { quantity: 2 });
      return { orderId };
    },
    'stock-missing': async () => {
      const orderId = await completed();
      await setStock(orderId, { status: 'RELEASED' });
      return { orderId };
    },
    'stock-not-committed': async () => {
      const orderId = await completed();
      await setStock(orderId, { status: 'HELD' });
      await moveLevel(orderId, { quantity: 0, reserved: 1 });
      return { orderId };
    },
    'stock-still-held': async () => {
      const orderId = await cancelled();
      await setStock(orderId, { status: 'HELD' });
      await moveLevel(orderId, { quantity: -1, reserved: 1 });
      return { orderId };
    },
    'stock-sold-but-cancelled': async () => {
      const orderId = await cancelled();
      await setStock(orderId, { status: 'COMMITTED' });
      return { orderId };
    },
    'stock-without-order': async () => {
      const orderId = `ord_${randomUUID()}`;
      await inventory.stock.reserve({ orderId, lines: [{ productId: await product(), quantity: 2 }] });
      return { orderId };
    },
    'stock-level-differs': async () => {
      const productId = await product();
      await inventory.prisma.stockLevel.update({ where: { productId }, data: { reserved: 3 } });
      return { productId };
    },
    'stock-negative': async () => {
      const productId = await product();
      await inventory.prisma.$executeRaw`ALTER TABLE stock_levels DROP CONSTRAINT stock_levels_quantity_check`;
      await inventory.prisma.stockLevel.update({ where: { productId }, data: { quantity: -1 } });
      return { productId };
    },
    'payment-missing': async () => {
      const orderId = await completed();
      await setOurs(orderId, { status: 'VOIDED' });
      await setTheirs(orderId, 'VOIDED');
      return { orderId };
    },
    'payment-not-captured': held,
    'hold-not-released': async () => {
      const { orderId } = await held();
      await settleByHand(orderId, { step: 'capture-payment', service: 'payment-service', outcome: 'done' });
      return { orderId };
    },
    'payment-differs': async () => {
      const orderId = await completed();
      await orders.prisma.order.update({ where: { id: orderId }, data: { paymentId: 'pay_by_hand' } });
      return { orderId };
    },
    'payment-not-refunded': async () => {
      const orderId = await cancelled();
      await setOurs(orderId, { status: 'CHARGED' });
      await setTheirs(orderId, 'CHARGED');
      return { orderId };
    },
    'amount-differs': async () => {
      const orderId = await completed();
      await setOurs(orderId, { amount: 999n });
      return { orderId };
    },
    'charge-not-in-books': async () => {
      const orderId = await cancelled();
      await setOurs(orderId, { status: 'VOIDED' });
      await setTheirs(orderId, 'CHARGED');
      return { orderId };
    },
    'refund-not-in-books': async () => {
      const orderId = await cancelled();
      await setOurs(orderId, { status: 'CHARGED' });
      return { orderId };
    },
    'refund-not-at-provider': async () => {
      const orderId = await cancelled();
      await setTheirs(orderId, 'CHARGED');
      return { orderId };
    },
    'charge-unknown-to-provider': async () => {
      const orderId = await completed();
      await payments.ledger.ledgerEntry.delete({ where: { idempotencyKey: orderId } });
      return { orderId };
    },
    'part-unanswered': async () => {
      const part = partOf(await completed());
      const dies = { ...payments.provider, refundPart: () => Promise.reject(new Error('the process died')) };
      await refundPart({ ...payments, provider: dies }, part).catch(() => undefined);
      const where = { id: part.operationId };
      await payments.prisma.paymentOperation.update({ where, data: { updatedAt: minutesAgo(11) } });
      return part;
    },
    'part-not-in-books': async () => {
      const { operationId, orderId, amount } = partOf(await completed());
      await payments.provider.refundPart({ idempotencyKey: operationId, chargeKey: orderId, amount });
      return { orderId };
    },
    'part-not-at-provider': async () => {
      const part = partOf(await completed());
      await refundPart(payments, part);
      await payments.ledger.ledgerRefund.delete({ where: { idempotencyKey: part.operationId } });
      return part;
    },
    'part-differs': async () => {
      const part = partOf(await completed());
      await refundPart(payments, part);
      const where = { idempotencyKey: part.operationId };
      await payments.ledger.ledgerRefund.update({ where, data: { amount: 2n } });
      return part;
    },
    'part-untold': async () => {
      const part = partOf(await completed());
      await refundPart(payments, part);
      const where = { id: part.operationId };
      await payments.prisma.paymentOperation.update({ where, data: { updatedAt: minutesAgo(11) } });
      return part;
    },
    'restock-missing': async () => {
      const productId = await product();
      const part = partOf(await shop.completed(productId));
      const { orderId, operationId: id } = part;
      await orders.store.askRefund({ orderId, id, restock: [{ productId, quantity: 1 }] });
      await refundPart(payments, part);
      await recordRefund(orders.prisma, part, {});
      await orders.prisma.refund.update({ where: { orderId_id: { orderId, id } }, data: { at: minutesAgo(11) } });
      return part;
    },
    'payment-without-order': async () => {
      const orderId = `ord_${randomUUID()}`;
      await payments.store.open({ orderId, userId: 1, amount: 1_000, currency: 'KRW' });
      return { orderId };
    },
    'charge-without-order': async () => {
      const orderId = `${await completed()}-again`;
      await payments.provider.charge({ idempotencyKey: orderId, amount: 1_000, currency: 'KRW', method: 'card_ok' });
      return { orderId };
    },
    'settled-and-done': async () => {
      const orderId = await cancelled();
      await settleByHand(orderId, { step: 'refund-payment', service: 'payment-service', outcome: 'undone' });
      return { orderId };
    },
    'not-delivered': async () => {
      const orderId = await completed();
      await setDelivery(orderId, 'STARTED');
      return { orderId };
    },
    'still-delivering': async () => {
      const orderId = await cancelled();
      await setDelivery(orderId, 'IN_TRANSIT');
      return { orderId };
    },
    'delivered-but-cancelled': async () => {
      const orderId = await cancelled();
      await shop.reported(orderId, 'delivered');
      return { orderId };
    },
    'returned-but-completed': async () => {
      const orderId = await completed();
      await shop.reported(orderId, 'returned');
      return { orderId };
    },
    'payment-unheard': async () => {
      const orderId = await shop.waitsToBePaid(await product());
      const of = { where: { idempotencyKey: orderId }, data: { status: 'CHARGED', updatedAt: minutesAgo(11) } };
      await payments.ledger.ledgerEntry.update(of);
      await orders.prisma.order.update({ where: { id: orderId }, data: { updatedAt: minutesAgo(11) } });
      return { orderId };
    },
    'delivery-unheard': async () => {
      const orderId = await shop.waitsForTheCarrier(await product());
      await shop.reported(orderId, 'delivered');
      await orders.prisma.order.update({ where: { id: orderId }, data: { updatedAt: minutesAgo(11) } });
      await deliveries.prisma.delivery.update({ where: { orderId }, data: { updatedAt: minutesAgo(11) } });
      return { orderId };
    },
    'delivery-without-order': async () => {
      const orderId = `ord_${randomUUID()}`;
      await deliveries.store.open({ orderId, userId: 1 });
      return { orderId };
    },
  };
}
