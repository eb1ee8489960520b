import { randomUUID } from 'node:crypto';
import { sha256 } from './order-identity.js';
import type { Timeline } from '../../contracts/http/orders.js';
import type { AttentionStep } from '../../contracts/saga-steps.js';
import type { ServiceName } from '../../contracts/services.js';
import {
  ACKNOWLEDGED,
  SETTLED_DETAIL,
  type OperatorRequest,
  type TimelineOutcome,
  type TimelineStep,
} from '../../contracts/timeline.js';
import type { PrismaClient, TimelineEntry } from './prisma/generated/client.js';

export interface AskedByOperator {
  orderId: string;
  request: OperatorRequest;
  /** As the operator's token says it in `sub`. */
  operator: string;
  note: string;
  traceId: string | undefined;
}

export interface TimelineStore {
  /** Everything that happened to the order, in the order of writing, with the notes of operators. */
  read(orderId: string): Promise<Timeline['items']>;
  /** The steps that operators put right elsewhere, as the Saga wrote them down: nobody may do them any more. */
  settled(orderId: string): Promise<AttentionStep[]>;
  /**
   * Writes down that an operator asks, before the Saga is told: as `unconfirmed`, which stays true if nobody comes back
   * to confirm it. Answers with the entry's key.
   */
  operatorAsks(asked: AskedByOperator): Promise<string>;
  /** The Saga has heard it, or could not any more. */
  confirm(orderId: string, key: string, outcome: 'asked' | 'refused'): Promise<void>;
  /** What a reconciliation found, an operator has put right: each stands once, by who was first. */
  acknowledge(orderId: string, findings: readonly string[], by: { operator: string; note: string }): Promise<void>;
}

export function createTimelineStore(prisma: PrismaClient): TimelineStore {
  return {
    read: async (orderId) => {
      const rows = await prisma.timelineEntry.findMany({ where: { orderId }, orderBy: { number: 'asc' } });
      return rows.map(toEntry);
    },

    settled: async (orderId) => {
      const rows = await prisma.timelineEntry.findMany({
        where: { orderId, detail: SETTLED_DETAIL },
        distinct: 'step',
        select: { step: true },
      });
      return rows.map(({ step }) => step as AttentionStep);
    },

    operatorAsks: async ({ orderId, request, operator, note, traceId = null }) => {
      const key = `${request}-${randomUUID()}`;
      await prisma.timelineEntry.create({
        data: {
          ...{ orderId, key, traceId, note, askedBy: operator },
          step: request,
          service: 'order-service',
          outcome: 'unconfirmed' satisfies TimelineOutcome,
          attempts: 1,
          detail: 'by an operator',
        },
      });
      return key;
    },

    confirm: async (orderId, key, outcome) => {
      await prisma.timelineEntry.update({ where: { orderId_key: { orderId, key } }, data: { outcome } });
    },

    acknowledge: async (orderId, findings, { operator, note }) => {
      const data = findings.map((detail) => ({
        ...{ orderId, step: ACKNOWLEDGED, detail, note, askedBy: operator, service: 'order-service', attempts: 1 },
        key: `${ACKNOWLEDGED}-${sha256(detail)}`,
        outcome: 'done' satisfies TimelineOutcome,
      }));
      await prisma.timelineEntry.createMany({ data, skipDuplicates: true });
    },
  };
}

/** The columns of text hold what this service wrote there, by the types of the contracts. */
function toEntry({ at, step, service, outcome, attempts, detail, askedBy, note, traceId }: TimelineEntry) {
  return {
    at: at.toISOString(),
    step: step as TimelineStep,
    service: service as ServiceName,
    outcome: outcome as TimelineOutcome,
    attempts,
    ...(detail === null ? {} : { detail }),
    ...(askedBy === null || note === null ? {} : { operator: { id: askedBy, note } }),
    ...(traceId === null ? {} : { traceId }),
  };
}
