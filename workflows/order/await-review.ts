import { condition, patched } from '@temporalio/workflow';
import type { OrderSagaInput } from '../../contracts/order-saga.js';
import type { REVIEW_DECISIONS } from '../../contracts/timeline.js';
import { REJECTED, stopIfCancelled } from './cancellation.js';
import { showInSearch } from './operator-view.js';
import { PATCHES } from './patches.js';
import type { Saga } from './saga.js';
import { eventEntry } from './step-outcome.js';

type Decision = (typeof REVIEW_DECISIONS)[number];

/** Whether the order waits for a person before it is charged, and what they said: also before it waits. */
export class Review {
  /** By what the order was started with, and once: what was decided at its start must hold to its end. */
  readonly isNeeded: boolean;
  #decision: Decision | undefined;

  constructor({ order, reviewAbove }: OrderSagaInput) {
    this.isNeeded = reviewAbove !== undefined && order.totalPrice >= reviewAbove && patched(PATCHES.waitsForReview);
  }

  /** The first decision counts. */
  decide(decision: Decision): void {
    this.#decision ??= decision;
  }

  get decision(): Decision | undefined {
    return this.#decision;
  }
}

const UNDECIDED = { reason: 'UNDECIDED', error: 'ReviewUndecided' } as const;
const ANSWERS = { done: 'was decided', settled: 'approved' };

/**
 * An order that needs it holds its stock and is not charged until a person has approved it, however long that takes: one
 * that nobody decides in its window asks for an operator, who may let it wait for as long again, or settle it: that is to
 * approve it. Throws a cancellation when they have rejected it.
 */
export async function awaitReview(saga: Saga): Promise<void> {
  const { input, review, journal, attention, details, cancellation } = saga;
  if (!review.isNeeded) return;

  const waits = eventEntry('review', 'order-service', 'asked', 'waits for a person');
  await journal.record({}, { ...waits, key: 'review-asked' });
  stopIfCancelled();
  // In a run before a reset.
  if (journal.order.review === 'APPROVED') return;

  const isDecided = () => review.decision !== undefined;
  for (let count = 1; !isDecided(); count++) {
    showInSearch(journal.order, null);
    details.phase('Waits for review: a person approves or rejects it.');
    if (await condition(isDecided, input.reviewWindowMs ?? 0)) break;
    const asked = { step: 'review', cause: UNDECIDED, count, answers: ANSWERS } as const;
    if ((await attention.untilCome(asked, isDecided)) === 'settled') review.decide('approve');
  }
  if (review.decision === 'reject') cancellation.request(REJECTED);
  stopIfCancelled();
  await journal.record({ review: 'APPROVED' }, eventEntry('review', 'order-service', 'done', 'approved'));
  details.phase('');
}
