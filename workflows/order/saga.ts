import type { OrderSagaInput } from '../../contracts/order-saga.js';
import type { SagaStep } from '../../contracts/saga-steps.js';
import { Attention } from './attention.js';
import { CallOff } from './call-off.js';
import { CarrierNews } from './carrier-news.js';
import { Compensations } from './compensations.js';
import { CurrentDetails } from './current-details.js';
import { OrderJournal } from './order-journal.js';
import { performStep, type Performed } from './perform-step.js';
import { recordProgress } from './record-progress.js';
import { stepActivities } from './step-activities.js';
import { StepRefused } from './step-refused.js';
import { undoneBefore } from './undo-cause.js';

/** What the parts of the story share. */
export function openSaga(input: OrderSagaInput) {
  const { attentionAfterMs } = input;
  const callOff = new CallOff();
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
      if (row.status === 'CANCELLING' || row.status === 'CANCELLED') callOff.wish(undoneBefore(row));
    },
  );
  const details = new CurrentDetails(attentionAfterMs);
  const attention = new Attention(journal, details);
  const compensations = new Compensations();

  async function perform<T>(step: SagaStep, run: () => Promise<T>, until?: number): Promise<Performed<T>> {
    try {
      return await performStep(attention, details, step, run, until);
    } catch (error) {
      if (error instanceof StepRefused) compensations.dropFor(step);
      throw error;
    }
  }

  return {
    input,
    journal,
    details,
    attention,
    carrier: new CarrierNews(),
    compensations,
    callOff,
    services: stepActivities(attentionAfterMs),
    perform,
  };
}

export type Saga = ReturnType<typeof openSaga>;
