import type { OrderSagaInput } from '../../contracts/order-saga.js';
import type { SagaStep } from '../../contracts/saga-steps.js';
import { Attention } from './attention.js';
import { CallOff } from './call-off.js';
import { CarrierNews } from './carrier-news.js';
import { Compensations } from './compensations.js';
import { OrderJournal } from './order-journal.js';
import { performStep } from './perform-step.js';
import { stepActivities } from './step-activities.js';

/** What the parts of the story share. */
export function openSaga(input: OrderSagaInput) {
  const journal = new OrderJournal(input.order);
  const attention = new Attention(journal);
  return {
    input,
    journal,
    attention,
    carrier: new CarrierNews(),
    compensations: new Compensations(),
    callOff: new CallOff(),
    services: stepActivities(input.attentionAfterMs),
    perform: <T>(step: SagaStep, run: () => Promise<T>) => performStep(attention, step, run),
  };
}

export type Saga = ReturnType<typeof openSaga>;
