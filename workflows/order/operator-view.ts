import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { OrderPatch } from '../../contracts/activities/order-activities.js';
import { ATTENTION_MEANS, serviceOf, type AttentionStep } from '../../contracts/saga-steps.js';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { Order } from '../../contracts/http/orders.js';
import type { PlacedOrder } from '../../contracts/http/orders.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/order-saga.js';

type Attention = NonNullable<OrderPatch['attention']>;

interface CurrentStep {
  /** How often the Saga asked for it: each is a round of attempts, which Temporal makes and counts. */
  attempts: number;
  /** When it was asked for last; while it rests, when it is asked for next. Milliseconds since the epoch. */
  at: number;
  rests: boolean;
  attention?: Attention;
}

/**
 * Where an order stands and why, for operators who see nothing but its page in the Web UI. It is the answer to a query,
 * so it costs no history. Markdown, without anything personal.
 */
export class CurrentDetails {
  #phase = '';
  readonly #steps = new Map<AttentionStep, CurrentStep>();

  constructor(private readonly attentionAfterMs: number) {}

  /** What the order is at, in a sentence. */
  phase(sentence: string): void {
    this.#phase = sentence;
    this.#show();
  }

  begins(step: AttentionStep, attempts: number): void {
    this.#set(step, { attempts, at: Date.now(), rests: false });
  }

  rests(step: AttentionStep, forMs: number): void {
    this.#set(step, { at: Date.now() + forMs, rests: true });
  }

  waits(step: AttentionStep, attention: Attention): void {
    this.#set(step, { attention });
  }

  ends(step: AttentionStep): void {
    this.#steps.delete(step);
    this.#show();
  }

  #set(step: AttentionStep, change: Partial<CurrentStep>): void {
    const known = this.#steps.get(step) ?? { attempts: 0, at: Date.now(), rests: false };
    this.#steps.set(step, { ...known, ...change });
    this.#show();
  }

  /** The page shows six lines before one has to scroll. */
  #show(): void {
    const items = [
      ['Order', this.#phase],
      ...[...this.#steps].flatMap(([step, current]) => this.#describe(step, current)),
    ];
    setCurrentDetails(items.flatMap(([name, value]) => (value === '' ? [] : [`- **${name}:** ${value}`])).join('\n'));
  }

  #describe(step: AttentionStep, { attempts, at, rests, attention }: CurrentStep): [string, string][] {
    const asksAt = timeOf(at + this.attentionAfterMs);
    const next = rests
      ? `round ${attempts + 1} at ${timeOf(at)}, or at once by the signal retry`
      : `round ${attempts}, under way since ${timeOf(at)}`;
    return [
      ['Step', `${step}, by ${serviceOf(step)}-service`],
      ...(attention
        ? ([
            ['Waits for', `an operator, since ${attention.since}`],
            ['Why', `${attention.reason}: ${ATTENTION_MEANS[attention.reason]}`],
            ['Last error', attention.error],
          ] satisfies [string, string][])
        : ([['Waits for', `its service; an operator is asked at ${asksAt}`]] satisfies [string, string][])),
      ['Next attempt', next],
    ];
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

const KEYS = {
  OrderStatus: defineSearchAttributeKey('OrderStatus', SEARCH_ATTRIBUTES.OrderStatus),
  CustomerId: defineSearchAttributeKey('CustomerId', SEARCH_ATTRIBUTES.CustomerId),
  ProductIds: defineSearchAttributeKey('ProductIds', SEARCH_ATTRIBUTES.ProductIds),
  OrderTotal: defineSearchAttributeKey('OrderTotal', SEARCH_ATTRIBUTES.OrderTotal),
  CancelReason: defineSearchAttributeKey('CancelReason', SEARCH_ATTRIBUTES.CancelReason),
  NeedsAttention: defineSearchAttributeKey('NeedsAttention', SEARCH_ATTRIBUTES.NeedsAttention),
  AttentionStep: defineSearchAttributeKey('AttentionStep', SEARCH_ATTRIBUTES.AttentionStep),
  AttentionReason: defineSearchAttributeKey('AttentionReason', SEARCH_ATTRIBUTES.AttentionReason),
};

/** For whoever starts the Saga: `typedSearchAttributes` of the start. */
export function initialSearchAttributes(order: PlacedOrder): SearchAttributePair[] {
  return [
    { key: KEYS.OrderStatus, value: 'PENDING' },
    { key: KEYS.CustomerId, value: order.userId },
    { key: KEYS.ProductIds, value: order.lines.map(({ productId }) => String(productId)) },
    { key: KEYS.OrderTotal, value: order.totalPrice },
    { key: KEYS.NeedsAttention, value: false },
  ];
}

/**
 * What operators list orders by. Shown only where an order rests, waits or ends, because each change costs an event
 * and the server's time.
 */
export function showInSearch({ status, cancelReason }: Order, attention: OrderPatch['attention']): void {
  upsertSearchAttributes([
    { key: KEYS.OrderStatus, value: status },
    ...(cancelReason === undefined ? [] : [{ key: KEYS.CancelReason, value: cancelReason }]),
    { key: KEYS.NeedsAttention, value: Boolean(attention) },
    { key: KEYS.AttentionStep, value: attention?.step ?? null },
    { key: KEYS.AttentionReason, value: attention?.reason ?? null },
  ]);
}
