import type { IdPage, PaymentRecord } from '../../contracts/activities/reconciliation.js';
import type { PrismaClient } from './prisma/generated/client.js';

/** What a reconciliation asks of our own books; the provider's are in PaymentProvider. */
export function createPaymentReconciliationReader(prisma: PrismaClient) {
  return {
    listOrderIds: async ({ after = '', limit, since }: IdPage): Promise<string[]> => {
      const rows = await prisma.payment.findMany({
        where: { orderId: { gt: after }, ...(since && { updatedAt: { gte: new Date(since) } }) },
        orderBy: { orderId: 'asc' },
        take: limit,
        select: { orderId: true },
      });
      return rows.map(({ orderId }) => orderId);
    },

    paymentRecords: async (orderIds: readonly string[]): Promise<PaymentRecord[]> => {
      const rows = await prisma.payment.findMany({ where: { orderId: { in: [...orderIds] } } });
      return rows.map(({ id, orderId, userId, amount, currency, status, updatedAt }) => ({
        ...{ orderId, paymentId: id, userId, amount: Number(amount), currency, status },
        updatedAt: updatedAt.toISOString(),
      }));
    },
  };
}
