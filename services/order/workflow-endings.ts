import type { Order } from '../../contracts/http/orders.js';
import { Prisma, type PrismaClient, type WorkflowEnding } from './prisma/generated/client.js';

/** What a workflow answers with, as far as its order's row may have to learn it. */
export type OrderEnd = Pick<
  Order,
  'id' | 'status' | 'cancelReason' | 'cancelNote' | 'paymentId' | 'deliveryId' | 'trackingNumber'
>;

export interface SeenEnding extends Omit<WorkflowEnding, 'seenAt' | 'ended'> {
  /** null: it did not answer, or can't be read. */
  ended: OrderEnd | null;
}

/** How workflows of orders ended, as far as it may be asked for after Temporal has forgotten it. */
export function createWorkflowEndings(prisma: PrismaClient) {
  const endings = prisma.workflowEnding;
  return {
    find: async (orderIds: readonly string[]): Promise<Map<string, WorkflowEnding>> => {
      const rows = await endings.findMany({ where: { orderId: { in: [...orderIds] } } });
      return new Map(rows.map((row) => [row.orderId, row]));
    },

    /** What it answered with; undefined: that was not kept. */
    endOf: async (orderId: string): Promise<OrderEnd | undefined> => {
      const row = await endings.findUnique({ where: { orderId }, select: { ended: true } });
      return (row?.ended ?? undefined) as OrderEnd | undefined;
    },

    /** The first that was seen stays, until it is seen to run again; but what it answered with may be read later. */
    keep: async (seen: readonly SeenEnding[]): Promise<void> => {
      const data = seen.map(({ ended, ...row }) => ({ ...row, ended: ended === null ? Prisma.DbNull : { ...ended } }));
      await endings.createMany({ data, skipDuplicates: true });
      for (const { orderId, ended } of data)
        await endings.updateMany({ where: { orderId, ended: { equals: Prisma.DbNull } }, data: { ended } });
    },

    /** A reset has made them run again, or end otherwise. */
    forget: async (orderIds: readonly string[]): Promise<void> => {
      await endings.deleteMany({ where: { orderId: { in: [...orderIds] } } });
    },
  };
}

export type WorkflowEndings = ReturnType<typeof createWorkflowEndings>;
