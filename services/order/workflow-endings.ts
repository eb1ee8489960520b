import type { PrismaClient, WorkflowEnding } from './prisma/generated/client.js';

/** How workflows of orders ended, as far as it may be asked for after Temporal has forgotten it. */
export function createWorkflowEndings(prisma: PrismaClient) {
  const endings = prisma.workflowEnding;
  return {
    find: async (orderIds: readonly string[]): Promise<Map<string, WorkflowEnding>> => {
      const rows = await endings.findMany({ where: { orderId: { in: [...orderIds] } } });
      return new Map(rows.map((row) => [row.orderId, row]));
    },

    /** The first that was seen stays, until it is seen to run again. */
    keep: async (ended: readonly Omit<WorkflowEnding, 'seenAt'>[]): Promise<void> => {
      await endings.createMany({ data: [...ended], skipDuplicates: true });
    },

    /** A reset has made them run again, or end otherwise. */
    forget: async (orderIds: readonly string[]): Promise<void> => {
      await endings.deleteMany({ where: { orderId: { in: [...orderIds] } } });
    },
  };
}

export type WorkflowEndings = ReturnType<typeof createWorkflowEndings>;
