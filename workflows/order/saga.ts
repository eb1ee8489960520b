import type { OrderPatch, OrderProgress } from '../../contracts/activities/order-activities.js';
import type { OrderSagaInput } from '../../contracts/order-saga.js';
import { isCompensation, type SagaStep } from '../../contracts/saga-steps.js';
import { SETTLED_DETAIL } from '../../contracts/timeline.js';
import { Attention, performStep, type Performed } from './perform-step.js';
import { Cancellation, Compensations, undoneBefore } from './cancellation.js';
import { CarrierReports } from './carrier-reports.js';
import { CurrentDetails } from './operator-view.js';
import { Review } from './await-review.js';
import { EarlierRuns, OrderJournal, recordProgress } from './order-journal.js';
import { wasByHand, StepRefused, StepTooLate, stepEntry } from './step-outcome.js';
import { stepActivities } from './step-activities.js';

/** What the row learns of a step, `detail` in its timeline, and what Kafka is told. No result: an operator settled it elsewhere. */
type Learnt<T> = (result: T | undefined) => OrderPatch & { events?: OrderProgress['events']; detail?: string };

/** What the parts of the story share. */
export function openSaga(input: OrderSagaInput) {
  const { attentionAfterMs } = input;
  const cancellation = new Cancellation();
  const journal: OrderJournal = new OrderJournal(
    input.order,
    (progress) =>
      recordProgress(
        progress,
        attentionAfterMs,
        async (run) => (await performStep(attention, details, 'record-progress', run)).result,
      ),
    (row) => {
      attention.tellAgain();
      if (row.status === 'CANCELLING' || row.status === 'CANCELLED') cancellation.request(undoneBefore(row));
    },
  );
  const details = new CurrentDetails(attentionAfterMs);
  const attention = new Attention(journal, details);
  const compensations = new Compensations();
  const earlierRuns = new EarlierRuns(journal);

  async function perform<T>(name: SagaStep, run: () => Promise<T>, until?: number): Promise<Performed<T>> {
    const unlessSettled = () => earlierRuns.unlessSettled(name, run);
    try {
      const performed = await performStep(attention, details, name, unlessSettled, until);
      const { result, entry } = performed;
      const byHand = entry.detail === undefined && wasByHand(name, result);
      return byHand ? { result, entry: { ...entry, detail: SETTLED_DETAIL } } : performed;
    } catch (error) {
      // Only the charge can be. What customers were told of a payment that was made is not taken back.
      if (error instanceof StepTooLate && (await earlierRuns.hadPaid()))
        return { result: undefined, entry: stepEntry(name, 'done', 1, 'before a reset') };
      if (error instanceof StepRefused) compensations.dropFor(name);
      throw error;
    }
  }

  /**
   * A step of the story or of the undo, whole: what undoes it is registered, it is performed, and the row learns what
   * `learnt` makes of its result. Throws as performStep does.
   */
  async function step<T>(name: SagaStep, run: () => Promise<T>, learnt: Learnt<T>, until?: number): Promise<void> {
    compensations.registerFor(name);
    const { result, entry } = await perform(name, run, until);
    const { events, detail, ...patch } = learnt(result);
    const told = detail === undefined ? entry : { detail, ...entry };
    await journal.record(patch, isCompensation(name) ? { ...told, outcome: 'undone' } : told, events);
  }

  return {
    input,
    journal,
    details,
    attention,
    carrier: new CarrierReports(),
    review: new Review(input),
    payment: {
      /** How often it was said that the provider has news: it may come twice, and before the Saga waits for it. */
      news: 0,
      /** How often it was written down how the payment stands. */
      timesShown: 0,
      /** What is held was taken, or an operator has seen to it. */
      isTaken: false,
    },
    compensations,
    cancellation,
    earlierRuns,
    services: stepActivities(attentionAfterMs),
    step,
  };
}

export type Saga = ReturnType<typeof openSaga>;
