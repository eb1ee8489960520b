import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { TimelineEntry } from '../../contracts/activities/order-activities.js';
import {
  REFUSALS,
  type DeliveryRefused,
  type InsufficientStock,
  type PaymentDeclined,
} from '../../contracts/refusals.js';
import { STEPS, type AttentionStep, type SagaStep } from '../../contracts/saga-steps.js';
import { stepEntry } from './timeline-entry.js';

export type Refusal =
  | { type: typeof REFUSALS.insufficientStock; details: InsufficientStock }
  | { type: typeof REFUSALS.paymentDeclined; details: PaymentDeclined }
  | { type: typeof REFUSALS.deliveryRefused; details: DeliveryRefused }
  | { type: typeof REFUSALS.alreadyDelivered }
  | { type: typeof REFUSALS.compensated };

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
    case REFUSALS.insufficientStock: {
      const { productId, requested, available } = refusal.details;
      return `product ${productId}: ${requested} requested, ${available} available`;
    }
    case REFUSALS.paymentDeclined:
    case REFUSALS.deliveryRefused:
      return refusal.details.code;
    case REFUSALS.alreadyDelivered:
      return 'already delivered';
    case REFUSALS.compensated:
      return 'already undone';
  }
}
