import { REFUSALS, type RefusalType } from './refusals.js';
import type { TaskQueue } from './services.js';

/** What an order has at another service. */
export type Part = 'stock' | 'payment' | 'delivery';

interface Step {
  /** Whose worker performs it. */
  service: TaskQueue;
  part: Part;
  /** Beside its activity in the Web UI. */
  summary: string;
  /** One attempt, in milliseconds. A killed worker is noticed when this has passed, or `HEARTBEAT_TIMEOUT_MS`. */
  startToCloseMs: number;
  /** What it may be refused with. Any other refusal is somebody's mistake, and waits for an operator. */
  refusals: readonly RefusalType[];
  /** The step that undoes it. One without comes after delivery, when nothing may be undone any more. */
  undoneBy?: string;
}

/**
 * The Saga's steps and compensations, and all that is known of them: each is performed by another service, and may have to
 * wait for an operator. CONTRIBUTING.md says what a new step takes beside its row.
 */
export const STEPS = {
  'reserve-stock': {
    service: 'inventory',
    part: 'stock',
    summary: 'hold the units of all lines, or of none',
    // Outlasts the 5 s that it may wait for its lock.
    startToCloseMs: 8_000,
    refusals: [REFUSALS.insufficientStock, REFUSALS.compensated],
    undoneBy: 'release-stock',
  },
  'charge-payment': {
    service: 'payment',
    part: 'payment',
    summary: 'charge the total, once',
    startToCloseMs: 4_000,
    refusals: [REFUSALS.paymentDeclined, REFUSALS.compensated],
    undoneBy: 'refund-payment',
  },
  'start-delivery': {
    service: 'delivery',
    part: 'delivery',
    summary: 'hand the parcel to the carrier, once',
    startToCloseMs: 4_000,
    refusals: [REFUSALS.deliveryRefused, REFUSALS.compensated],
    undoneBy: 'cancel-delivery',
  },
  'capture-payment': {
    service: 'payment',
    part: 'payment',
    summary: 'take what was held, once',
    startToCloseMs: 4_000,
    // The parcel is on its way: whatever a capture is refused with is for an operator, and undoes nothing by itself.
    refusals: [],
    undoneBy: 'refund-payment',
  },
  'commit-stock': {
    service: 'inventory',
    part: 'stock',
    summary: 'delivered, the units leave the books',
    startToCloseMs: 8_000,
    refusals: [],
  },
  'cancel-delivery': {
    service: 'delivery',
    part: 'delivery',
    summary: 'call the parcel off, if the carrier still can',
    startToCloseMs: 4_000,
    refusals: [REFUSALS.alreadyDelivered],
  },
  'refund-payment': {
    service: 'payment',
    part: 'payment',
    summary: 'give the charge back, or let go of what is held',
    startToCloseMs: 4_000,
    refusals: [],
  },
  'release-stock': {
    service: 'inventory',
    part: 'stock',
    summary: 'give the units back, if they were held',
    startToCloseMs: 8_000,
    refusals: [],
  },
} as const satisfies Record<string, Step>;

export type SagaStep = keyof typeof STEPS;
type UndoneBy<S> = S extends { undoneBy: infer C extends SagaStep } ? C : never;
/** A step that undoes another. */
export type Compensation = UndoneBy<(typeof STEPS)[SagaStep]>;

export const SAGA_STEPS = Object.keys(STEPS) as SagaStep[];

/** What undoes it; undefined for one that nothing undoes, and for what is no step. */
export function compensationOf(step: string): Compensation | undefined {
  return (STEPS as Record<string, { undoneBy?: Compensation }>)[step]?.undoneBy;
}

/** In the sequence of the steps that they undo, each once: one may undo several. */
export const COMPENSATIONS: readonly Compensation[] = [
  ...new Set(SAGA_STEPS.flatMap((step) => compensationOf(step) ?? [])),
];

export function isCompensation(step: string): step is Compensation {
  return COMPENSATIONS.some((one) => one === step);
}

/**
 * What else an order may need an operator for, and whose it is: the carrier, which says nothing, a review that nobody
 * decides, and the order service's own part of a step, which can not be written down: that is only seen in the search
 * attributes.
 */
const OTHERS = {
  'await-delivery': { service: 'delivery', part: 'delivery' },
  review: { service: 'order', part: undefined },
  'record-progress': { service: 'order', part: undefined },
} as const satisfies Record<string, { service: TaskQueue; part: Part | undefined }>;

const ALL = { ...STEPS, ...OTHERS };

export type AttentionStep = keyof typeof ALL;

const ATTENTION_STEPS = Object.keys(ALL) as AttentionStep[];

/** Who performs it, and whom an order waits for. */
export function serviceOf(step: AttentionStep): TaskQueue {
  return ALL[step].service;
}

/** What of the order it is about; undefined for what is no step. */
export function partOf(step: string): Part | undefined {
  return (ALL as Record<string, { part: Part | undefined }>)[step]?.part;
}

/**
 * What an order's row names where it needs attention: what its Saga waits for, or `saga`: its workflow itself can't go on,
 * which somebody else had to notice.
 */
export const SHOWN_ATTENTION_STEPS = [...ATTENTION_STEPS, 'saga' as const];

export type ShownAttentionStep = (typeof SHOWN_ATTENTION_STEPS)[number];

/** How an order can stand still without its workflow saying so: the `error` of an attention at `saga`. */
export const STALLS = {
  WorkflowTaskFails:
    'its workflow task fails again and again: a payload key is missing, its build can not replay it, a bug',
  WorkflowTaskWaits: 'no worker takes its workflow task: that of the build that it is pinned to is away',
  WorkflowEnded: 'its workflow was terminated, has failed, or ended without the row having learnt how',
  WorkflowGone: 'Temporal has no workflow of it any more',
  WorkflowNotStarted: 'it was placed, and its workflow can not be started',
  NothingMoves: 'its workflow runs, and its row has learnt nothing for longer than it may wait for anything',
} as const;

export type Stall = keyof typeof STALLS;

/** Why a step waits; a code, never a message, because search attributes are not encrypted. */
export const ATTENTION_REASONS = ['UNAVAILABLE', 'TIMED_OUT', 'FAILED', 'SILENT', 'UNDECIDED'] as const;

export type AttentionReason = (typeof ATTENTION_REASONS)[number];

/** For operators and documents. */
export const ATTENTION_MEANS: Record<AttentionReason, string> = {
  UNAVAILABLE: 'the service answers, but that it can not',
  TIMED_OUT: 'nobody answers: no worker, or one that hangs',
  FAILED: 'it fails for good without being refused: trying again without a change will not help',
  SILENT: 'the carrier has said nothing for too long',
  UNDECIDED: 'nobody has approved or rejected it in time',
};

/**
 * A worker says of every attempt that it is alive. One that is killed is noticed after this, also where an attempt may
 * take longer; no shorter, because a process that is busy must not be taken for dead.
 */
export const HEARTBEAT_TIMEOUT_MS = 4_000;

/** How often it says so: it may stand still for three of them. */
export const HEARTBEAT_EVERY_MS = 1_000;

/**
 * How a step is tried again, in milliseconds. Its schedule-to-close is ATTENTION_AFTER: past it the Saga asks for an operator,
 * then schedules it anew. How long one attempt may take stands with each step.
 */
export const STEP_RETRY = { initialIntervalMs: 200, backoffCoefficient: 2, maximumIntervalMs: 5_000 };

/**
 * The order service's own part of each step: first as a local activity, two tries of a second; then as a regular one
 * for ATTENTION_AFTER at a time, without end, because a long local activity holds the workflow task.
 */
export const RECORD_TIMEOUTS = {
  local: { startToCloseMs: 1_000, maximumAttempts: 2, initialIntervalMs: 50 },
  regular: { startToCloseMs: 4_000, retry: STEP_RETRY },
  /** Trying again is no use: an operator is asked at once. */
  failForGood: ['UnfitEvent', 'OrderNotFound'],
} as const;

/**
 * How long a step that needs attention rests before it goes again by itself: growing, to the last for ever. Each round
 * is some ten events of history, so the last pause is long: by then it has been stuck for longer than that already.
 */
export const ATTENTION_PAUSES_MS = [30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000] as const;

/** The workflow task and the sticky queue: short, so that the order of a killed worker goes on within seconds. */
export const WORKFLOW_TASK_TIMEOUT_MS = 3_000;
export const STICKY_QUEUE_TIMEOUT_MS = 2_000;
