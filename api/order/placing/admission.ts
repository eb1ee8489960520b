import { EventEmitter, once } from 'node:events';
import type { StockClient } from '../../../clients/stock-client.js';
import type { RequestedLine } from '../../../services/order/order-identity.js';
import type { InsufficientStock } from '../../../contracts/refusals.js';
import type { Logger } from '../../../platform/logger.js';
import { errorMessage } from '../../../platform/error-message.js';

/**
 * Lets orders for one product through to their Sagas, as far as its stock may cover them, and tells the rest what they lack.
 * It only ever refuses what the inventory service, asked after the order had come, can't cover; whom it lets through is
 * refused by the Saga where it was wrong. So nothing is sold by it, and a unit that was given back is there for the next.
 */
export interface Admission {
  /** Runs `place` once. With a shortage: there is no use in a Saga. It may wait for others' decisions, at most `until`. */
  admit<T>(line: RequestedLine, until: number, place: (shortage?: InsufficientStock) => Promise<T>): Promise<T>;
}

/** How long what was let through is counted against one answer: more stock than is wanted needs no question each time. */
const CREDIT_FOR_MS = 1_000;

export function createAdmission({ available }: Pick<StockClient, 'available'>, logger: Logger): Admission {
  const crowds = new Map<number, Crowd>();
  return {
    admit: async ({ productId, quantity }, until, place) => {
      const before = crowds.get(productId);
      const crowd = before ?? new Crowd(() => available(productId), logger);
      crowds.set(productId, crowd);
      crowd.size += 1;
      try {
        // Nobody else wants it: the Saga's own question is enough.
        const there = before ? await crowd.enter(quantity, until) : crowd.letThrough(quantity);
        if (there !== undefined) return await place({ productId, requested: quantity, available: there });
        return await place().finally(() => crowd.isDecided(quantity));
      } finally {
        crowd.size -= 1;
        if (crowd.size === 0) crowds.delete(productId);
      }
    },
  };
}

/** Orders for one product that are on their way at the same moment, in this process. */
class Crowd {
  size = 0;
  /** Units of those that were let through, while it isn't known whether they are reserved. */
  #undecided = 0;
  /** Units that may be let through without another question, for a while. */
  #credit = 0;
  #creditUntil = 0;
  #asking: Promise<unknown> = Promise.resolve();
  #nextAnswer: Promise<number> | undefined;
  readonly #decisions = new EventEmitter().setMaxListeners(0);

  constructor(
    private readonly available: () => Promise<number>,
    private readonly logger: Logger,
  ) {}

  letThrough(quantity: number): undefined {
    this.#undecided += quantity;
    this.#credit -= quantity;
  }

  isDecided(quantity: number): void {
    this.#undecided -= quantity;
    this.#decisions.emit('decided');
  }

  /** What there is, if that is too little; undefined: it is let through, for it may be enough, or nobody knows in time. */
  async enter(quantity: number, until: number): Promise<number | undefined> {
    const signal = AbortSignal.timeout(Math.max(until - Date.now(), 0));
    try {
      while (Date.now() < until && !this.#isCovered(quantity)) {
        const there = await this.#ask();
        if (there < quantity) return there;
        // Those before it may take it all: what they leave is seen when they are decided.
        if (!this.#isCovered(quantity)) await once(this.#decisions, 'decided', { signal });
      }
    } catch (error) {
      if (!signal.aborted) this.#doWithout(error);
    }
    // Before anything else runs, or two would have the same unit.
    return this.letThrough(quantity);
  }

  #isCovered(quantity: number): boolean {
    return this.#credit >= quantity && Date.now() < this.#creditUntil;
  }

  /** One question for all who ask before it begins, never one under way: that could be from before a unit came back. */
  #ask(): Promise<number> {
    return (this.#nextAnswer ??= this.#asking.then(async () => {
      this.#nextAnswer = undefined;
      const answer = this.available();
      this.#asking = answer.catch(() => undefined);
      const there = await answer;
      this.#setCredit(there - this.#undecided);
      return there;
    }));
  }

  #doWithout(error: unknown): void {
    // Once for a crowd; but each time nobody is asked again for a while.
    if (this.#credit !== Infinity) this.logger.warn({ reason: errorMessage(error) }, 'stock can not be asked for');
    this.#setCredit(Infinity);
  }

  #setCredit(units: number): void {
    this.#credit = units;
    this.#creditUntil = Date.now() + CREDIT_FOR_MS;
  }
}
