import type {
  OperationKind,
  OperationState,
  PaymentInDetail,
  Payment as ShownPayment,
} from '../../contracts/http/payments.js';
import { after, newestFirst } from '../../platform/database/newest-first.js';
import { isShown, shownStates, type PaymentState } from './domain/payment.js';
import {
  Prisma,
  type PaymentOperation,
  type Payment as PaymentRow,
  type PrismaClient,
} from './prisma/generated/client.js';
import type { RefundPartRequest } from '../../contracts/activities/payment-activities.js';
import { PART_ANSWERED_WITHIN_MS, type IdPage, type PaymentRecord } from '../../contracts/activities/reconciliation.js';
import { undoIdOf } from './payment-store.js';

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
    find: async (id: string): Promise<PaymentInDetail | undefined> => {
      const row = await prisma.payment.findUnique({ where: { id }, include });
      if (row === null) return undefined;
      const [shown] = toShown(row);
      return shown && { ...shown, operations: row.operations.map(toOperation) };
    },

    /** Newest first, at most `limit`. */
    list: async ({ userId, orderId, after: place, limit }: PaymentList): Promise<ShownPayment[]> => {
      const rows = await prisma.payment.findMany({
        where: {
          AND: [{ OR: shown }, after(place)],
          ...(userId === undefined ? {} : { userId }),
          ...(orderId === undefined ? {} : { orderId }),
        },
        include,
        orderBy: newestFirst,
        take: limit,
      });
      return rows.flatMap(toShown);
    },
  };
}

/** As `isShown` says. */
const shown = [{ status: { in: shownStates } }, { status: 'VOIDED', providerChargeId: { not: null } }];

const include = {
  operations: { orderBy: [{ createdAt: 'asc' as const }, { id: 'asc' as const }] },
};

/** All of it went back, also where no undo did it: then the row stays CHARGED, so that its order goes on. */
function statusOf({ status, amount, operations }: PaymentRow & { operations: PaymentOperation[] }): PaymentState {
  const back = operations.filter(isRefund).reduce((sum, refund) => sum + refund.amount, 0n);
  return status === 'CHARGED' && amount > 0n && back === amount ? 'REFUNDED' : (status as PaymentState);
}

const isRefund = ({ kind, state }: PaymentOperation) => kind === 'REFUND' && state === 'DONE';

function toShown(row: PaymentRow & { operations: PaymentOperation[] }): ShownPayment[] {
  const status = statusOf(row);
  if (!isShown(status, row.providerChargeId)) return [];
  return [
    {
      id: row.id,
      orderId: row.orderId,
      userId: row.userId,
      amount: Number(row.amount),
      currency: row.currency,
      status,
      refunds: row.operations.filter(isRefund).map(({ id, amount, createdAt }) => ({
        id,
        amount: Number(amount),
        createdAt: createdAt.toISOString(),
      })),
      createdAt: row.createdAt.toISOString(),
    },
  ];
}

/** The columns of text hold what their CHECKs let in. */
function toOperation(row: PaymentOperation): PaymentInDetail['operations'][number] {
  const { providerReference, reason, requestedBy } = row;
  return {
    id: row.id,
    kind: row.kind as OperationKind,
    amount: Number(row.amount),
    state: row.state as OperationState,
    ...(providerReference === null ? {} : { providerReference }),
    ...(reason === null ? {} : { reason }),
    ...(requestedBy === null ? {} : { requestedBy }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What a reconciliation asks of our own books; the provider's are in PaymentProvider. */
export function createPaymentReconciliationReader(prisma: PrismaClient) {
  return {
    listOrderIds: async ({ after = '', limit, since }: IdPage): Promise<string[]> => {
      // What had no answer at the pass before, and was too young to be told of then, is looked at once more.
      const open = since && new Date(Date.parse(since) - PART_ANSWERED_WITHIN_MS);
      const changed = since
        ? Prisma.sql`AND updated_at >= ${open} AND (state = 'PENDING' OR updated_at >= ${new Date(since)})`
        : Prisma.empty;
      // Prisma's own `distinct` reads all that come after, and leaves them out in memory.
      const rows = await prisma.$queryRaw<{ orderId: string }[]>`
        SELECT DISTINCT order_id AS "orderId" FROM payment_operations
        WHERE order_id > ${after} ${changed}
        ORDER BY order_id LIMIT ${limit}`;
      return rows.map(({ orderId }) => orderId);
    },

    paymentRecords: async (orderIds: readonly string[]): Promise<PaymentRecord[]> => {
      const rows = await prisma.payment.findMany({
        where: { orderId: { in: [...orderIds] } },
        include: { operations: { where: { kind: 'REFUND' }, orderBy: { id: 'asc' } } },
      });
      return rows.map(({ id, orderId, userId, amount, currency, status, updatedAt, operations }) => ({
        ...{ orderId, paymentId: id, userId, amount: Number(amount), currency, status },
        updatedAt: updatedAt.toISOString(),
        parts: operations
          .filter((operation) => operation.id !== undoIdOf(orderId))
          .map((part) => ({
            ...{ operationId: part.id, amount: Number(part.amount), state: part.state },
            updatedAt: part.updatedAt.toISOString(),
          })),
      }));
    },

    parts: async (orderId: string): Promise<RefundPartRequest[]> => {
      const rows = await prisma.paymentOperation.findMany({
        where: { orderId, kind: 'REFUND', id: { not: undoIdOf(orderId) } },
        orderBy: { id: 'asc' },
      });
      return rows.map(({ id, amount, reason, requestedBy }) => ({
        ...{ operationId: id, orderId, amount: Number(amount) },
        ...{ reason: reason ?? '', requestedBy: requestedBy ?? '' },
      }));
    },
  };
}
