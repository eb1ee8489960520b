import { randomUUID } from 'node:crypto';
import { statesBefore } from './domain/payment.js';
import type { Payment, PaymentState } from './domain/payment.js';
import type { Payment as PaymentRow, Prisma, PrismaClient } from './prisma/generated/client.js';

/** What a payment is for. */
export interface OrderAmount {
  orderId: string;
  userId: number;
  /** Minor unit. */
  amount: number;
  currency: string;
}

/** The payment as it stands after the call, and whether it was this call that brought it there. */
export interface Recorded {
  payment: Payment;
  changed: boolean;
}

export type PaymentStore = ReturnType<typeof createPaymentStore>;

type Tables = Pick<Prisma.TransactionClient, 'payment' | 'refund'>;

/**
 * One row per order. Each write is conditional on the state it comes from, so that of two at once one moves the row
 * and the other sees where it stands.
 */
export function createPaymentStore(prisma: PrismaClient) {
  return {
    /** The order's payment. `changed`: nobody had asked for it before, and it is PENDING now. */
    open: async (order: OrderAmount): Promise<Recorded> => {
      const created = await insert(prisma, order, { status: 'PENDING' });
      if (created) return { payment: created, changed: true };
      const found = await prisma.payment.findUniqueOrThrow({ where: { orderId: order.orderId } });
      return { payment: toPayment(found), changed: false };
    },

    find: async (orderId: string): Promise<Payment | undefined> => {
      const row = await prisma.payment.findUnique({ where: { orderId } });
      return row === null ? undefined : toPayment(row);
    },

    recordCharge: (orderId: string, chargeId: string): Promise<Recorded> =>
      move(prisma, orderId, { status: 'CHARGED', providerChargeId: chargeId }),

    recordDecline: (orderId: string, code: string): Promise<Recorded> =>
      move(prisma, orderId, { status: 'DECLINED', declineCode: code }),

    /** The mark that nothing was charged. A payment that was decided otherwise stays as it is. */
    recordVoid: (order: OrderAmount): Promise<Recorded> => insertOrMove(prisma, order, { status: 'VOIDED' }),

    /** The whole charge went back; with its refund row, also where the charge itself had never been written down. */
    recordRefund: (order: OrderAmount, chargeId: string): Promise<Recorded> =>
      prisma.$transaction(async (tables) => {
        const recorded = await insertOrMove(tables, order, { status: 'REFUNDED', providerChargeId: chargeId });
        const { payment } = recorded;
        if (payment.state === 'REFUNDED') {
          await tables.refund.createMany({
            data: [{ id: randomUUID(), paymentId: payment.id, amount: BigInt(payment.amount) }],
            skipDuplicates: true,
          });
        }
        return recorded;
      }),
  };
}

type Change = { status: PaymentState } & Pick<Prisma.PaymentCreateManyInput, 'providerChargeId' | 'declineCode'>;

async function insert(tables: Tables, order: OrderAmount, change: Change): Promise<Payment | undefined> {
  const [created] = await tables.payment.createManyAndReturn({
    data: [
      {
        id: randomUUID(),
        orderId: order.orderId,
        userId: order.userId,
        amount: BigInt(order.amount),
        currency: order.currency,
        ...change,
      },
    ],
    skipDuplicates: true,
  });
  return created && toPayment(created);
}

async function insertOrMove(tables: Tables, order: OrderAmount, change: Change): Promise<Recorded> {
  const created = await insert(tables, order, change);
  return created ? { payment: created, changed: true } : move(tables, order.orderId, change);
}

async function move(tables: Tables, orderId: string, change: Change): Promise<Recorded> {
  const [moved] = await tables.payment.updateManyAndReturn({
    where: { orderId, status: { in: statesBefore(change.status) } },
    data: { ...change, updatedAt: new Date() },
  });
  if (moved) return { payment: toPayment(moved), changed: true };
  return { payment: toPayment(await tables.payment.findUniqueOrThrow({ where: { orderId } })), changed: false };
}

function toPayment(row: PaymentRow): Payment {
  return {
    id: row.id,
    orderId: row.orderId,
    userId: row.userId,
    amount: Number(row.amount),
    currency: row.currency,
    // The column's CHECK holds it to these.
    state: row.status as PaymentState,
    declineCode: row.declineCode ?? undefined,
    createdAt: row.createdAt,
  };
}
