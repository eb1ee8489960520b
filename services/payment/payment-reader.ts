import type { Payment as ShownPayment } from '../../contracts/http/payments.js';
import { after, newestFirst } from '../../platform/database/newest-first.js';
import { isShown, shownStates, type PaymentState } from './domain/payment.js';
import type { Payment as PaymentRow, PrismaClient, Refund } from './prisma/generated/client.js';
import type { IdPage, PaymentRecord } from '../../contracts/activities/reconciliation.js';

interface PaymentList {
  /** undefined: everybody's. */
  userId: number | undefined;
  orderId: string | undefined;
  /** The last one of the page before. */
  after: { createdAt: Date; id: string } | undefined;
  limit: number;
}

export type PaymentReader = ReturnType<typeof createPaymentReader>;

/** What callers see of payments: those that the provider has decided. */
export function createPaymentReader(prisma: PrismaClient) {
  return {
    find: async (id: string): Promise<ShownPayment | undefined> => {
      const row = await prisma.payment.findUnique({ where: { id }, include: { refunds: true } });
      return row === null ? undefined : toShown(row)[0];
    },

    /** Newest first, at most `limit`. */
    list: async ({ userId, orderId, after: place, limit }: PaymentList): Promise<ShownPayment[]> => {
      const rows = await prisma.payment.findMany({
        where: {
          status: { in: [...shownStates] },
          ...(userId === undefined ? {} : { userId }),
          ...(orderId === undefined ? {} : { orderId }),
          ...after(place),
        },
        include: { refunds: true },
        orderBy: newestFirst,
        take: limit,
      });
      return rows.flatMap(toShown);
    },
  };
}

function toShown(row: PaymentRow & { refunds: Refund[] }): ShownPayment[] {
  const status = row.status as PaymentState;
  if (!isShown(status)) return [];
  return [
    {
      id: row.id,
      orderId: row.orderId,
      userId: row.userId,
      amount: Number(row.amount),
      currency: row.currency,
      status,
      refunds: row.refunds.map(({ id, amount, createdAt }) => ({
        id,
        amount: Number(amount),
        createdAt: createdAt.toISOString(),
      })),
      createdAt: row.createdAt.toISOString(),
    },
  ];
}

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
