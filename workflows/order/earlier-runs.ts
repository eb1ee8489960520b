import { patched, workflowInfo } from '@temporalio/workflow';
import type { AttentionStep } from '../../contracts/saga-steps.js';
import { stopIfCalledOff } from './cancellation.js';
import type { OrderJournal } from './order-journal.js';
import { PATCHES } from './patches.js';
import { stepEntry } from './step-outcome.js';

/** The row says that an operator had put the step right elsewhere: it must not be done any more. */
export class SettledBefore extends Error {}

/** Of what a run before a reset, or the workflow before a repair, has left in the order's row. */
export class EarlierRuns {
  readonly #asked = new Map<AttentionStep, number>();

  constructor(private readonly journal: OrderJournal) {}

  /**
   * Before each attempt: the reset may be to before any of them. Throws SettledBefore. Runs the step without a turn of the
   * event loop in between where there is nothing to ask: histories that are older than this class had none.
   */
  unlessSettled<T>(step: AttentionStep, run: () => Promise<T>): Promise<T> {
    const go = () => {
      if (this.journal.settledBefore.includes(step)) throw new SettledBefore();
      return run();
    };
    return isAfterReset() ? this.#ask(step).then(go) : go();
  }

  /** An earlier run had paid the order, or was told that it was paid. Throws a cancellation when it is being undone. */
  async hadPaid(): Promise<boolean> {
    if (!isAfterReset()) return false;
    await this.#ask('charge-payment');
    stopIfCalledOff();
    return ['PAYMENT_COMPLETED', 'DELIVERY_STARTED', 'COMPLETED'].includes(this.journal.order.status);
  }

  /** By a line of its timeline, whose answer has the row: so what is done a second time is written down, too. */
  #ask(step: AttentionStep): Promise<void> {
    const count = (this.#asked.get(step) ?? 0) + 1;
    this.#asked.set(step, count);
    return this.journal.record(
      {},
      { ...stepEntry(step, 'asked', count, 'after a reset'), key: `again-${step}-${count}` },
    );
  }
}

/**
 * In the part of a run that is its own, if a reset has made it. A history can't say so: its beginning is an earlier
 * run's, and no event of it tells. But only a run that was reset, and has come to what is its own, ever writes this
 * patch's marker; so on replay the marker alone decides.
 */
function isAfterReset(): boolean {
  const { runId, originalExecutionRunId, unsafe } = workflowInfo();
  return (unsafe.isReplaying || runId !== originalExecutionRunId) && patched(PATCHES.asksTheRowAfterReset);
}
