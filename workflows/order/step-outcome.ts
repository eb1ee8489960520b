import type { DeliveryActivities } from '../../contracts/activities/delivery-activities.js';
import type { InventoryActivities } from '../../contracts/activities/inventory-activities.js';
import type { TimelineEntry } from '../../contracts/activities/order-activities.js';
import type { PaymentActivities } from '../../contracts/activities/payment-activities.js';
import {
  serviceOf,
  type AttentionStep,
  type AttentionReason,
  STEPS,
  type SagaStep,
} from '../../contracts/saga-steps.js';
import type { ServiceName } from '../../contracts/services.js';
import { shortageInWords } from '../../services/order/domain/sold-out.js';
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { REFUSALS, type RefusalDetails, type RefusalType } from '../../contracts/refusals.js';

/** How a step ended. `attempts` counts how often the Saga asked for it; the server's own retries are within one. */
export function stepEntry(
  step: AttentionStep,
  outcome: TimelineEntry['outcome'],
  attempts: number,
  detail?: string,
): TimelineEntry {
  return entry(step, `${serviceOf(step)}-service`, outcome, attempts, detail);
}

/** Something that happened to the order, once. */
export function eventEntry(
  step: TimelineEntry['step'],
  service: ServiceName,
  outcome: TimelineEntry['outcome'],
  detail?: string,
): TimelineEntry {
  return entry(step, service, outcome, 1, detail);
}

function entry(
  step: TimelineEntry['step'],
  service: ServiceName,
  outcome: TimelineEntry['outcome'],
  attempts: number,
  detail?: string,
): TimelineEntry {
  return { key: step, step, service, outcome, attempts, ...(detail !== undefined && { detail }) };
}

export interface FailureCause {
  reason: AttentionReason;
  error: string;
}

/** A code and a name, never the message: that may hold what customers must not see. Operators find it in the history. */
export function causeOf(error: unknown): FailureCause {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) {
    const lastAnswer = cause.failure?.cause?.applicationFailureInfo;
    if (lastAnswer) return { reason: 'UNAVAILABLE', error: named(lastAnswer.type) };
    return { reason: 'TIMED_OUT', error: `timed out (${cause.timeoutType})` };
  }
  if (!(cause instanceof ApplicationFailure)) return { reason: 'FAILED', error: 'Error' };
  const forGood =
    cause.nonRetryable || (error instanceof ActivityFailure && error.retryState === 'NON_RETRYABLE_FAILURE');
  return { reason: forGood ? 'FAILED' : 'UNAVAILABLE', error: named(cause.type) };
}

/** One that an operator failed by hand has the name ''. */
function named(type: string | null | undefined): string {
  return type === undefined || type === null || type === '' ? 'Error' : type;
}

type Refusal = { [Type in RefusalType]: { type: Type; details: RefusalDetails[Type] } }[RefusalType];

/** A step's business answer: final, and written down by its service, so that a late attempt refuses too. */
export class StepRefused extends Error {
  readonly entry: TimelineEntry;

  constructor(
    readonly step: AttentionStep,
    readonly refusal: Refusal,
    attempts: number,
  ) {
    super(`${step} was refused: ${refusal.type}`);
    this.entry = stepEntry(step, 'refused', attempts, detailOf(refusal));
  }
}

/** What a step was refused with; undefined for a failure. */
export function refusalOf(step: AttentionStep, error: unknown): Refusal | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const type = (step in STEPS ? STEPS[step as SagaStep].refusals : []).find((answer) => answer === cause.type);
  return type && ({ type, details: cause.details?.[0] } as Refusal);
}

function detailOf(refusal: Refusal): string {
  switch (refusal.type) {
    case REFUSALS.insufficientStock:
      return shortageInWords(refusal.details);
    case REFUSALS.paymentDeclined:
    case REFUSALS.deliveryRefused:
      return refusal.details.code;
    case REFUSALS.alreadyDelivered:
      return 'already delivered';
    case REFUSALS.compensated:
      return 'already undone';
  }
}

/** A step that was not done in its window. It may have happened all the same: only its compensation can tell. */
export class StepTooLate extends Error {
  readonly entry: TimelineEntry;

  constructor(step: AttentionStep, attempts: number, lastError: unknown) {
    super(`${step} was not done in its window`);
    this.entry = stepEntry(step, 'timed-out', attempts, causeOf(lastError).error);
  }
}

/**
 * The texts in a step's result, which its service gave, or an operator who completed the activity by hand: they may have
 * given nothing, or `{}`, and `tctl` sends every result as one text with the JSON in it. What is no plain id is left
 * out, or the order's row could refuse it for ever.
 */
export function textsIn<Name extends string>(result: unknown, ...names: Name[]): { [N in Name]?: string } {
  const given = typeof result === 'string' ? parsed(result) : result;
  const values = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const texts: { [N in Name]?: string } = {};
  for (const name of names) {
    const value = values[name];
    if (typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value)) texts[name] = value;
  }
  return texts;
}

/** When a record was written, as it says; now, where it was completed by hand without saying. */
export function writtenAt(result: unknown): string {
  return new Date(timeIn(result) ?? Date.now()).toISOString();
}

/** False: it was completed by hand, or settled, and the row knows nothing of it. */
export function wasWritten(result: unknown): boolean {
  return timeIn(result) !== undefined;
}

/**
 * An operator completed the activity, rather than its service: a step says what only its service answers, and most answer
 * with nothing, which nobody can say by hand.
 */
export function wasByHand(step: SagaStep, result: unknown): boolean {
  const isOfService = IS_OF_SERVICE[step];
  return isOfService ? !isOfService(result) : result !== undefined;
}

type Check = (result: unknown) => boolean;

const IS_OF_SERVICE: Partial<Record<SagaStep, Check>> = {
  // What a payment was said to be is taken for it.
  'charge-payment': (result) => textsIn(result, 'paymentId').paymentId !== undefined,
  'start-delivery': (result) => typeof fieldOf(result, 'carrier') === 'string',
  'capture-payment': (result) => typeof fieldOf(result, 'captured') === 'boolean',
  'refund-payment': (result) => typeof fieldOf(result, 'refunded') === 'boolean',
} satisfies Record<StepWithAnswer, Check>;

/** Those whose activity, of the same name, returns something: a new one has its line above, or it does not compile. */
type StepWithAnswer = { [Step in SagaStep]: AnswerOf<CamelCase<Step>> extends void ? never : Step }[SagaStep];
type AnswerOf<Name> = Name extends keyof Activities ? Awaited<ReturnType<Activities[Name]>> : unknown;
type Activities = InventoryActivities & PaymentActivities & DeliveryActivities;
type CamelCase<Text> = Text extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<CamelCase<Rest>>}` : Text;

function fieldOf(result: unknown, name: string): unknown {
  return (result as Record<string, unknown> | null | undefined)?.[name];
}

function timeIn(result: unknown): string | undefined {
  const updatedAt = fieldOf(result, 'updatedAt');
  const isTime = typeof updatedAt === 'string' && !Number.isNaN(Date.parse(updatedAt));
  return isTime ? updatedAt : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
