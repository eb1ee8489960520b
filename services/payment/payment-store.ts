import { randomUUID } from 'node:crypto';
import type { RefundPartRequest } from '../../contracts/activities/payment-activities.js';
import { statesBefore } from './domain/payment.js';
import type { Payment, PaymentState } from './domain/payment.js';
import type { ProviderPart } from './payment-provider.js';
import type { Payment as PaymentRow, PaymentOperation, Prisma, PrismaClient } from './prisma/generated/client.js';

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

/** `back`, minor unit: what the undo gave back, which is less than was charged where parts had gone back before. */
export type RecordedUndo = Recorded & { back: number };

/** `left`, minor unit: what can still be given back. */
type OpenedPart = { operation: PaymentOperation; first: boolean } | { left: number };

export type PaymentStore = ReturnType<typeof createPaymentStore>;

type Tables = Pick<Prisma.TransactionClient, 'payment'>;

/** Of the operation that the database's trigger writes when a charge is undone. */
export const undoIdOf = (orderId: string) => `${orderId}/refund-payment`;

/** Of the operation that takes what is held: of the order and its step, so the same in every run of its Saga. */
export const captureIdOf = (orderId: string) => `${orderId}/capture-payment`;

/**
 * One row per order. Each write is conditional on the state it comes from, so that of two at once one moves the row
 * and the other sees where it stands.
 */
export function createPaymentStore(prisma: PrismaClient) {
  return {
    /**
     * The order's payment. `changed`: nobody had asked for it before, and it is PENDING now. `heldFirst`: it is to be
     * held, and taken later.
     */
    open: async (order: OrderAmount, heldFirst = false): Promise<Recorded> => {
      const created = await insert(prisma, order, { status: 'PENDING', heldFirst });
      if (created) return { payment: created, changed: true };
      const found = await prisma.payment.findUniqueOrThrow({ where: { orderId: order.orderId } });
      return { payment: toPayment(found), changed: false };
    },

    find: async (orderId: string): Promise<Payment | undefined> => {
      const row = await prisma.payment.findUnique({ where: { orderId } });
      return row === null ? undefined : toPayment(row);
    },

    /** Charged at once, or what was held is captured: its operation is then, too. */
    recordCharge: (orderId: string, chargeId: string): Promise<Recorded> =>
      move(prisma, orderId, { status: 'CHARGED', providerChargeId: chargeId }),

    recordHold: (orderId: string, chargeId: string, expiresAt: Date | null): Promise<Recorded> =>
      move(prisma, orderId, { status: 'AUTHORISED', providerChargeId: chargeId, holdExpiresAt: expiresAt }),

    /** The row of a capture, before the provider is asked, of what is held still. `first`: nobody had asked before. */
    openCapture: async (orderId: string): Promise<{ first: boolean }> => {
      // Locked, so that an undo comes before it, and there is no row, or after it, and ends that row.
      const count = await prisma.$executeRaw`
        INSERT INTO payment_operations (id, order_id, kind, state, amount)
        SELECT ${captureIdOf(orderId)}, order_id, 'CAPTURE', 'PENDING', amount FROM payments
        WHERE order_id = ${orderId} AND status = 'AUTHORISED' FOR UPDATE
        ON CONFLICT (id) DO NOTHING`;
      return { first: count === 1 };
    },

    /** The provider refuses it: the money is held still, or no more, and it may be asked for again. */
    recordCaptureRefused: async (orderId: string, code: string): Promise<Recorded> => {
      await prisma.paymentOperation.updateMany({
        where: { id: captureIdOf(orderId), state: { in: ['PENDING', 'REFUSED'] } },
        data: { state: 'REFUSED', providerReference: code, updatedAt: new Date() },
      });
      return { payment: toPayment(await prisma.payment.findUniqueOrThrow({ where: { orderId } })), changed: false };
    },

    recordDecline: (orderId: string, code: string): Promise<Recorded> =>
      move(prisma, orderId, { status: 'DECLINED', declineCode: code }),

    /** Let go of what was held, or the mark that nothing was charged. A payment that was decided otherwise stays as it is. */
    recordVoid: async (order: OrderAmount): Promise<RecordedUndo> => ({
      ...(await insertOrMove(prisma, order, { status: 'VOIDED' })),
      back: 0,
    }),

    /** What was left of the charge went back; with its refund row, also where the charge itself had never been written down. */
    recordRefund: (order: OrderAmount, chargeId: string): Promise<RecordedUndo> =>
      prisma.$transaction(async (tables) => {
        const recorded = await insertOrMove(tables, order, { status: 'REFUNDED', providerChargeId: chargeId });
        return { ...recorded, back: await writeUndo(tables, recorded.payment) };
      }),

    /**
     * The row of a part, and with it the amount, which nobody else can give back then. Of however many at once, no more
     * is taken than was charged.
     */
    openPart: async ({ operationId: id, ...part }: RefundPartRequest): Promise<OpenedPart | 'only-held'> => {
      const data = { ...part, id, kind: 'REFUND', state: 'PENDING', amount: BigInt(part.amount) };
      try {
        return await prisma.$transaction(async (tables) => {
          const known = await tables.payment.count({ where: { orderId: part.orderId } });
          if (known === 0) throw new MoreThanIsLeftError();
          const { count } = await tables.paymentOperation.createMany({ data: [data], skipDuplicates: true });
          if (count === 1 && !(await takePart(tables, part.orderId, data.amount))) throw new MoreThanIsLeftError();
          return { operation: await tables.paymentOperation.findUniqueOrThrow({ where: { id } }), first: count === 1 };
        });
      } catch (error) {
        if (!(error instanceof MoreThanIsLeftError)) throw error;
        const payment = await prisma.payment.findUnique({ where: { orderId: part.orderId } });
        if (payment?.status === 'AUTHORISED') return 'only-held';
        return { left: payment?.status === 'CHARGED' ? Number(payment.amount - payment.refundedInParts) : 0 };
      }
    },

    /** What the provider refused can be given back by another, or by the undo. */
    recordPart: (id: string, answer: ProviderPart): Promise<{ operation: PaymentOperation; changed: boolean }> =>
      prisma.$transaction(async (tables) => {
        const [moved] = await tables.paymentOperation.updateManyAndReturn({
          where: { id, state: 'PENDING' },
          data: {
            updatedAt: new Date(),
            ...(answer.outcome === 'refunded'
              ? { state: 'DONE', providerReference: answer.refundId }
              : { state: 'REFUSED', providerReference: answer.code }),
          },
        });
        if (moved?.state === 'REFUSED')
          await writeUndo(
            tables,
            await tables.payment.update({
              where: { orderId: moved.orderId },
              data: { refundedInParts: { decrement: moved.amount } },
            }),
          );
        const operation = moved ?? (await tables.paymentOperation.findUniqueOrThrow({ where: { id } }));
        return { operation, changed: moved !== undefined };
      }),
  };
}

/** What the trigger has made of an undo, for instances of a version before. Answers with what it gave back, minor unit. */
async function writeUndo(tables: Prisma.TransactionClient, payment: { id: string; orderId: string }): Promise<number> {
  const undo = await tables.paymentOperation.findUnique({ where: { id: undoIdOf(payment.orderId) } });
  if (undo?.kind !== 'REFUND') return 0;
  const { amount } = undo;
  await tables.refund.upsert({
    where: { paymentId: payment.id },
    create: { id: randomUUID(), paymentId: payment.id, amount },
    update: { amount },
  });
  return Number(amount);
}

/** Undoes what a transaction has written. */
class MoreThanIsLeftError extends Error {}

/** Not `updated_at`, which says since when the payment is in its state. */
async function takePart(tables: Prisma.TransactionClient, orderId: string, amount: bigint): Promise<boolean> {
  const taken = await tables.$executeRaw`
    UPDATE payments SET refunded_in_parts = refunded_in_parts + ${amount}
    WHERE order_id = ${orderId} AND status = 'CHARGED' AND refunded_in_parts + ${amount} <= amount`;
  return taken === 1;
}

type Change = { status: PaymentState } & Pick<
  Prisma.PaymentCreateManyInput,
  'providerChargeId' | 'declineCode' | 'heldFirst' | 'holdExpiresAt'
>;

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
    holdExpiresAt: row.holdExpiresAt ?? undefined,
    createdAt: row.createdAt,
  };
}
