import type { EventToTell } from '../events/order-event.js';
import type { OrderStatus } from '../order-status.js';
import type { InsufficientStock } from '../refusals.js';
import type { ShownState } from '../http/orders.js';
import type { OrderFacts } from '../order-saga.js';
import type { AttentionReason, AttentionStep } from '../saga-steps.js';
import type { RestockRequest } from './inventory-activities.js';
import type { RefundPartRequest } from './payment-activities.js';
import type { ServiceName } from '../services.js';
import type { TimelineOutcome, TimelineStep } from '../timeline.js';

/** One entry of an order's timeline. */
export interface TimelineEntry {
  /** Unique in the order, so that an entry written twice stands once: the step's name, and a count where it repeats. */
  key: string;
  step: TimelineStep;
  service: ServiceName;
  outcome: TimelineOutcome;
  /** How often the Saga asked for it. */
  attempts: number;
  /** Nothing personal. */
  detail?: string;
}

/** How stock was decided; an order cancelled before that is `cancelled`. */
export type StockDecision =
  { outcome: 'reserved' } | ({ outcome: 'insufficient' } & InsufficientStock) | { outcome: 'cancelled' };

/** What the order's row learns from a step. */
export interface OrderPatch extends OrderFacts {
  /** Left out: the status stays. Never moves backwards: a status that can't follow the row's own is ignored. */
  status?: OrderStatus;
  /** Set once. */
  stockDecision?: StockDecision;
  /** null: nobody needs to look any more. */
  attention?: { step: AttentionStep; since: string; reason: AttentionReason; error: string } | null;
}

export interface OrderProgress {
  orderId: string;
  patch: OrderPatch;
  entry: TimelineEntry;
  /** Told to Kafka through the outbox, in this order. */
  events: readonly EventToTell[];
}

export interface Recorded {
  /** When the row was written, RFC 3339. */
  updatedAt: string;
  /** Only in a run that a reset has made: the order as its row has it, which an earlier run may have brought further. */
  afterReset?: ShownState;
  /** With it: what operators have put right elsewhere, in whatever run. Nothing of that is done again. */
  settled?: AttentionStep[];
}

/** The order service's own part of each step, on task queue `order`; run as a local activity first. */
export interface OrderActivities {
  /** Status, timeline entry and outbox rows in one transaction. `firstRunId`: of the order's workflow, before any reset. */
  recordProgress(progress: OrderProgress, firstRunId: string): Promise<Recorded>;
}

/** Also on task queue `order`, beside the order's Saga. */
export interface RefundRecord {
  /** That a part of the charge went back: into the order's row, timeline and outbox in one transaction, once for each refund. */
  recordRefund(refund: RefundPartRequest): Promise<void>;
  /** What became of the goods that were to go back to stock with it: into row and timeline, once for each refund. */
  recordRestock(restock: RestockRequest & { restocked: boolean }): Promise<void>;
}
