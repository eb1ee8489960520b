import type {
  OrderPatch,
  OrderProgress,
  StockDecision,
  TimelineEntry,
} from '../../contracts/activities/order-activities.js';
import type { Order } from '../../contracts/http/orders.js';
import type { PlacedOrder } from '../../contracts/order-saga.js';
import { pendingOrder, withProgress } from './order-state.js';
import { recordProgress } from './record-progress.js';

/** The order as its row has it. Written first, then shown: an answer never runs ahead of the row. */
export class OrderJournal {
  #order: Order;
  #stockDecision: StockDecision | undefined;
  #withTheNext: OrderPatch = {};
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(placed: PlacedOrder) {
    this.#order = pendingOrder(placed);
  }

  get order(): Order {
    return this.#order;
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
    const { updatedAt } = await recordProgress(progress);
    this.#order = withProgress(this.#order, progress.patch, updatedAt);
    this.#stockDecision ??= progress.patch.stockDecision;
  }
}
