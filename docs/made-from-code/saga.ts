import { CANCEL_REASONS, ORDER_TRANSITIONS, isFinal, type CancelReason } from '../../contracts/order-status.js';
import { REFUSALS, type RefusalType } from '../../contracts/refusals.js';
import {
  ATTENTION_MEANS,
  ATTENTION_REASONS,
  SAGA_STEPS,
  STALLS,
  STEPS,
  compensationOf,
  ATTENTION_PAUSES_MS,
  RECORD_TIMEOUTS,
  STEP_RETRY,
} from '../../contracts/saga-steps.js';
import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '../../contracts/order-saga.js';
import { TASK_QUEUES } from '../../contracts/services.js';
import type { Topic } from '../../contracts/topics.js';
import { TEMPLATES } from '../../notifications/templates/templates.js';
import * as messages from '../../workflows/order/messages.js';
import { END_STATES, isPaid, isSold } from './end-states.js';
import { SAGA_OUTCOMES, type SagaOutcome } from './outcomes.js';
import { code, codes, table } from './table.js';

const { initialSearchAttributes: _start, ...MESSAGES } = messages;

/** What can't be read from the code. A new word without a meaning does not compile. */
const REASON_MEANS: Record<CancelReason, string> = {
  INSUFFICIENT_STOCK: 'a line wanted more than there was',
  REVIEW_REJECTED: 'an operator rejected it, so it was never charged',
  PAYMENT_DECLINED: 'the provider refused the charge',
  PAYMENT_TIMEOUT: 'it was not paid within `PAYMENT_WINDOW`, or the window of its payment method',
  DELIVERY_REFUSED: 'the carrier refused the parcel',
  DELIVERY_RETURNED: 'the parcel came back',
  CUSTOMER_REQUEST: 'its customer cancelled it',
  OPERATOR_REQUEST: 'an admin cancelled it, or an operator gave it up',
};

const REFUSAL_MEANS: Record<RefusalType, string> = {
  InsufficientStock: 'a line wants more than there is',
  PaymentDeclined: 'the provider says no, with a code such as `card_declined`',
  DeliveryRefused: 'the carrier says no, with a code such as `address_not_served`',
  AlreadyDelivered: 'the parcel is there: nothing may be undone any more',
  Compensated: 'the step came after its own compensation, whose mark it found',
};

const MESSAGE_MEANS: Record<keyof typeof MESSAGES, [who: string, does: string]> = {
  accepted: ['the order API', 'waits until stock is decided, then answers with the order'],
  cancel: [
    'the order API',
    'undoes the order and answers once it is undone; rejected with `NotCancellable` once the carrier has it. Its update id is always `cancel`, so that however often sent, it is one',
  ],
  deliveryUpdate: ['the delivery API', 'what the carrier reports: `in_transit`, `delivered` or `returned`, and when'],
  paymentChanged: ['the reconciliation', 'the provider has news of the payment: it is asked how that stands'],
  retry: ['an operator', 'what waits goes again now'],
  giveUp: ['an operator', 'undo the order, and cancel it'],
  settled: ['an operator', 'what waits was put right elsewhere: go on without it'],
  approve: ['an operator', 'the order that waits for review, or comes to it, is charged; the first decision counts'],
  reject: ['an operator', 'the same order is undone, and cancelled'],
  orderQuery: ['anyone with access to Temporal', 'the order, as its row has it'],
};

const ATTRIBUTE_MEANS: Record<SearchAttributeName, string> = {
  OrderStatus: 'its status',
  CustomerId: "its user's id",
  ProductIds: 'the products of its lines',
  OrderTotal: "its total, in the currency's minor unit",
  CancelReason: 'why it is undone',
  NeedsAttention: 'a step or a compensation waits for an operator',
  AttentionStep: 'which one; of two, the first',
  AttentionReason: 'why: a code, see below',
};

/** The tables of docs/saga.md, by the names of their places. */
export function sagaTables(): Record<string, string> {
  return {
    statuses: stateDiagram(),
    outcomes: table(
      ['outcome', 'trigger', 'steps done', 'undone, in this order', 'status, `cancelReason`', 'events', 'mails'],
      Object.values(SAGA_OUTCOMES).map(outcomeRow),
    ),
    'end-states': table(
      [
        'end',
        '`COMPLETED`, or `cancelReason`',
        'stock',
        'reservation',
        'payments less refunds',
        'payment',
        'delivery',
        'mails',
      ],
      END_STATES.map((state) => [
        state.end,
        codes(state.reasons.length > 0 ? state.reasons : ['COMPLETED']),
        isSold(state) ? 'less by what was ordered' : 'as before',
        asWritten(state.reservation),
        isPaid(state) ? 'the total' : '0',
        asWritten(state.payment),
        asWritten(state.delivery),
        mailsOf(state.mails).join(', '),
      ]),
    ),
    reasons: table(
      ['`cancelReason`', 'when'],
      CANCEL_REASONS.map((reason) => [code(reason), REASON_MEANS[reason]]),
    ),
    steps: table(
      ['step', 'done by', 'one attempt', 'tried again after', 'may be refused with', 'undone by'],
      SAGA_STEPS.map((step) => [
        code(step),
        `${STEPS[step].service} worker`,
        seconds(STEPS[step].startToCloseMs),
        retries(STEP_RETRY),
        codes(STEPS[step].refusals),
        codes([compensationOf(step) ?? []].flat()),
      ]),
    ),
    recording: table(
      ['as', 'one attempt', 'tried again'],
      [
        [
          'a local activity',
          seconds(RECORD_TIMEOUTS.local.startToCloseMs),
          `${RECORD_TIMEOUTS.local.maximumAttempts} attempts`,
        ],
        [
          `then one on the queue ${code(TASK_QUEUES.order)}`,
          seconds(RECORD_TIMEOUTS.regular.startToCloseMs),
          `${retries(RECORD_TIMEOUTS.regular.retry)}, without end`,
        ],
      ],
    ),
    pauses: `Pauses: ${ATTENTION_PAUSES_MS.map(seconds).join(', ')}, and so on.`,
    refusals: table(
      ['refusal', 'means'],
      Object.values(REFUSALS).map((refusal) => [code(refusal), REFUSAL_MEANS[refusal]]),
    ),
    messages: table(
      ['message', 'kind', 'from', 'what it does'],
      // Not every loader lists a module's names in the same order.
      Object.entries(MESSAGES)
        .sort(([, a], [, b]) => a.name.localeCompare(b.name))
        .map(([key, { name, type }]) => [code(name), type, ...MESSAGE_MEANS[key as keyof typeof MESSAGES]]),
    ),
    'search-attributes': table(
      ['search attribute', 'type', 'what it says'],
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [
        code(name),
        type,
        ATTRIBUTE_MEANS[name as SearchAttributeName],
      ]),
    ),
    stalls: table(
      ['`error` at `saga`', 'means'],
      Object.entries(STALLS).map(([stall, means]) => [code(stall), means]),
    ),
    attention: table(
      ['`AttentionReason`', 'means'],
      ATTENTION_REASONS.map((reason) => [code(reason), ATTENTION_MEANS[reason]]),
    ),
  };
}

function outcomeRow({ outcome, trigger, done, undone, reason, events }: SagaOutcome): string[] {
  const status = reason === undefined ? code('COMPLETED') : `${code('CANCELLED')}, ${code(reason)}`;
  const undo = undone.map((group) => group.map(code).join(' and ')).join(', then ');
  return [outcome, trigger, codes(done), undo, status, codes(events), mailsOf(events).join(', ')];
}

const asWritten = (state: string): string => (state === 'none' ? 'none' : code(state));

/** What a customer is told of, in the words of the mails' templates. */
export function mailsOf(events: readonly Topic[]): string[] {
  return events
    .filter((topic) => topic in TEMPLATES)
    .map((topic) => topic.replace('order-created', 'order received').replace('-', ' '));
}

function stateDiagram(): string {
  const arrows = Object.entries(ORDER_TRANSITIONS).flatMap(([from, next]) => next.map((to) => `  ${from} --> ${to}`));
  const ends = Object.keys(ORDER_TRANSITIONS).filter((status) => isFinal(status as keyof typeof ORDER_TRANSITIONS));
  return [
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> PENDING',
    ...arrows,
    ...ends.map((end) => `  ${end} --> [*]`),
    '```',
  ].join('\n');
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : ms < 60_000 ? `${ms / 1_000} s` : `${ms / 60_000} min`;
}

function retries({ initialIntervalMs, backoffCoefficient, maximumIntervalMs }: typeof STEP_RETRY): string {
  return `${seconds(initialIntervalMs)}, then × ${backoffCoefficient} up to ${seconds(maximumIntervalMs)}`;
}
