import type {
  OrderPatch,
  OrderProgress,
  Recorded,
  StockDecision,
  TimelineEntry,
} from '../../contracts/activities/order-activities.js';
import type { Order } from '../../contracts/http/orders.js';
import type { PlacedOrder, ShownState } from '../../contracts/order-saga.js';
import type { AttentionStep } from '../../contracts/saga-steps.js';
import { pendingOrder, withProgress } from './order-state.js';

/** The order as its row has it. Written first, then shown: an answer never runs ahead of the row. */
export class OrderJournal {
  #order: Order;
  #stockDecision: StockDecision | undefined;
  #wasReset = false;
  #settledBefore: readonly AttentionStep[] = [];
  #withTheNext: OrderPatch = {};
  #lastWrite: Promise<void> = Promise.resolve();

  /**
   * `write` doesn't end before it is written. `afterReset` is told what the row has, with each record of a run that a
   * reset has made: an earlier run may have brought the order further.
   */
  constructor(
    private readonly placed: PlacedOrder,
    private readonly write: (progress: OrderProgress) => Promise<Recorded>,
    private readonly afterReset: (row: ShownState) => void,
  ) {
    this.#order = pendingOrder(placed);
  }

  get order(): Order {
    return this.#order;
  }

  /** Known from the first record on that this run has made anew. */
  get wasReset(): boolean {
    return this.#wasReset;
  }

  /** What operators put right elsewhere, as the row has it: known where `wasReset` is. */
  get settledBefore(): readonly AttentionStep[] {
    return this.#settledBefore;
  }

  get stockIsDecided(): boolean {
    return this.#stockDecision !== undefined;
  }

  /** One record after the other, so that the row never learns an older thing after a newer one. Never fails. */
  record(patch: OrderPatch, entry: TimelineEntry, events: OrderProgress['events'] = []): Promise<void> {
    const progress: OrderProgress = {
      orderId: this.#order.id,
      patch: { ...this.#withTheNext, ...patch },
      entry,
      events,
    };
    this.#withTheNext = {};
    this.#lastWrite = this.#lastWrite.then(() => this.#write(progress));
    return this.#lastWrite;
  }

  /** For what may wait for the next record, which soon follows. */
  recordWithTheNext(patch: OrderPatch): void {
    this.#withTheNext = { ...this.#withTheNext, ...patch };
  }

  async #write(progress: OrderProgress): Promise<void> {
    const { updatedAt, afterReset, settled = [] } = await this.write(progress);
    this.#order = afterReset ? { ...this.placed, ...afterReset } : withProgress(this.#order, progress.patch, updatedAt);
    this.#stockDecision ??= progress.patch.stockDecision;
    if (afterReset === undefined) return;
    this.#wasReset = true;
    this.#settledBefore = settled;
    this.afterReset(afterReset);
  }
}
