import { Prisma, type PrismaClient } from './prisma/generated/client.js';
import type { OrderStatus, Review } from '../../contracts/order-status.js';
import type { AttentionReason, ShownAttentionStep, Stall } from '../../contracts/saga-steps.js';
import type { TimelineOutcome } from '../../contracts/timeline.js';

/** An order that is on its way, or that is still said to stand still. */
export interface WatchedOrder {
  id: string;
  status: OrderStatus;
  review: Review | null;
  paymentMethod: string;
  /** Its customer, or their bank. */
  awaitsPayment: boolean;
  /** Its workflow says so itself. */
  needsAttention: boolean;
  /** null: it is not known to stand still. */
  stalledWhy: Stall | null;
  /** Its workflow is known to have been started. */
  wasStarted: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export interface WatchedOrders {
  /** By ascending id, but for those that moved after `movedBefore`. */
  list(page: { after: string | undefined; limit: number; movedBefore: Date }): Promise<WatchedOrder[]>;
  /** False: it was known, or the order has moved since it was listed. */
  stalls(order: WatchedOrder, why: Stall): Promise<boolean>;
  /** False: it was known. */
  goesOn(order: WatchedOrder): Promise<boolean>;
  /** How many stand still, by why. */
  count(): Promise<Map<Stall, number>>;
  /**
   * How many are on their way, and how long ago the oldest was placed, by status. One that waits for a person, or to be paid, has no
   * age; one that has waited so is as old as its last step.
   */
  open(): Promise<{ status: OrderStatus; count: number; oldestS: number }[]>;
  /** Whose Saga waits for an operator, by what it waits for and why, and how long the longest has. */
  needingAttention(): Promise<{ step: ShownAttentionStep; reason: AttentionReason; count: number; oldestS: number }[]>;
  /** How many wait for a person who approves or rejects them, and how long ago the oldest was placed. */
  awaitingReview(): Promise<{ count: number; oldestS: number }>;
}

/** What is seen of orders from outside their workflows. It moves nothing: `updated_at` stays. */
export function createWatchedOrders(prisma: PrismaClient): WatchedOrders {
  return {
    list: ({ after, limit, movedBefore }) => prisma.$queryRaw<WatchedOrder[]>`
      SELECT id, status, review, payment_method AS "paymentMethod", ${awaitsPayment} AS "awaitsPayment", needs_attention AS "needsAttention", stalled_why AS "stalledWhy",
        workflow_started_at IS NOT NULL AS "wasStarted", created_at AS "createdAt", updated_at AS "updatedAt"
      FROM orders
      WHERE ${openOrStalled}
        AND (updated_at < ${movedBefore} OR stalled_since IS NOT NULL) AND id > ${after ?? ''}
      ORDER BY id LIMIT ${limit}`,

    stalls: async ({ id, status, updatedAt }, why) => {
      const at = new Date();
      const told = await prisma.$executeRaw`
        WITH seen AS (
          UPDATE orders SET stalled_since = coalesce(stalled_since, ${at}), stalled_why = ${why}
          WHERE id = ${id} AND status = ${status} AND updated_at = ${updatedAt} AND stalled_why IS DISTINCT FROM ${why}
          RETURNING id)
        ${entry('failing', why, at)}`;
      return told === 1;
    },

    goesOn: async ({ id, stalledWhy }) => {
      const told = await prisma.$executeRaw`
        WITH seen AS (
          UPDATE orders SET stalled_since = NULL, stalled_why = NULL
          WHERE id = ${id} AND stalled_why = ${stalledWhy} RETURNING id)
        ${entry('done', stalledWhy, new Date())}`;
      return told === 1;
    },

    count: async () => {
      const rows = await prisma.order.groupBy({
        by: ['stalledWhy'],
        where: { stalledSince: { not: null } },
        _count: true,
      });
      return new Map(rows.map(({ stalledWhy, _count }) => [stalledWhy as Stall, _count]));
    },

    open: () => prisma.$queryRaw`
      SELECT status, count(*)::integer AS count,
        coalesce(${secondsSince(
          Prisma.sql`min(CASE WHEN review IS NULL AND payment IS NULL THEN created_at ELSE updated_at END)
            FILTER (WHERE review IS DISTINCT FROM 'WAITING' AND NOT (${awaitsPayment}))`,
        )}, 0) AS "oldestS"
      FROM orders
      WHERE ${openOrStalled}
        AND status NOT IN ('COMPLETED', 'CANCELLED')
      GROUP BY status`,

    // This condition begins as that of its own index does.
    needingAttention: () => prisma.$queryRaw`
      SELECT attention_step AS step, attention_reason AS reason, count(*)::integer AS count,
        ${secondsSince(Prisma.sql`min(attention_since)`)} AS "oldestS"
      FROM orders WHERE (needs_attention OR stalled_since IS NOT NULL) AND needs_attention
      GROUP BY attention_step, attention_reason`,

    awaitingReview: async () => {
      const [waiting] = await prisma.$queryRaw<{ count: number; oldestS: number }[]>`
        SELECT count(*)::integer AS count, coalesce(${secondsSince(Prisma.sql`min(created_at)`)}, 0) AS "oldestS"
        FROM orders
        WHERE ${openOrStalled}
          AND review = 'WAITING'`;
      return waiting ?? { count: 0, oldestS: 0 };
    },
  };
}

/** As the index says it, word by word, or it would not be used. */
const openOrStalled = Prisma.sql`CASE WHEN stalled_since IS NULL THEN status NOT IN ('COMPLETED', 'CANCELLED') ELSE true END`;

const awaitsPayment = Prisma.sql`status = 'INVENTORY_RESERVED' AND payment IS NOT NULL`;

const secondsSince = (time: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`extract(epoch FROM clock_timestamp() - ${time})::double precision`;

const entry = (outcome: TimelineOutcome, why: Stall | null, at: Date): Prisma.Sql => Prisma.sql`
  INSERT INTO timeline_entries (order_id, key, step, service, outcome, attempts, detail, at)
  SELECT id, ${`saga-${outcome}-${at.toISOString()}`}, ${'saga' satisfies ShownAttentionStep}, 'order-service', ${outcome}, 1, ${why}, ${at}
  FROM seen ON CONFLICT DO NOTHING`;
