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
