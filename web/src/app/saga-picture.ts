import { compensationOf, type Compensation } from '../../../contracts/saga-steps.js';
import type { OrderStatus } from '../../../contracts/order-status.js';
import type { Order, TimelineEntry } from '../api/client.js';

export type NodeState = 'waiting' | 'now' | 'done' | 'refused' | 'failing' | 'undone';

export interface SagaNode {
  step: 'order-created' | 'reserve-stock' | 'charge-payment' | 'start-delivery' | 'await-delivery';
  state: NodeState;
  at?: string;
  attempts?: number;
  /** What takes it back, once that is to run. */
  undo?: { step: Compensation; state: NodeState; at?: string };
}

/** The status that an order has when the step is done. */
const DONE_AT = {
  'order-created': 'PENDING',
  'reserve-stock': 'INVENTORY_RESERVED',
  'charge-payment': 'PAYMENT_COMPLETED',
  'start-delivery': 'DELIVERY_STARTED',
  'await-delivery': 'COMPLETED',
} as const satisfies Record<SagaNode['step'], OrderStatus>;

const FORWARD: OrderStatus[] = Object.values(DONE_AT);
const STEPS = Object.keys(DONE_AT) as SagaNode['step'][];
type State = Pick<Order, 'status' | 'review'>;

/** What is drawn of an order: its steps as they stand, and what undoes them. */
export function sagaPicture({ status, review }: State, timeline: readonly TimelineEntry[]): SagaNode[] {
  const last = (step: string) => timeline.findLast((entry) => entry.step === step);
  // The status moves when the parcel is called off; until then the timeline alone says that it is being undone.
  const isCalledOff = status !== 'COMPLETED' && last('cancel-delivery')?.outcome !== 'refused';
  const isUndone = isEnding(status) || (isCalledOff && (last('cancel') ?? last('returned')) !== undefined);
  const reached = FORWARD.indexOf(status);
  const nodes = STEPS.map((step, index): SagaNode => {
    const entry = step === 'await-delivery' ? deliveryEntry(last) : last(step);
    const state = index <= reached || step === 'order-created' ? 'done' : stateOf(entry);
    return { step, state, ...shown(entry), ...undoOf(step, state) };
  });
  const next = nodes.find(({ state }) => state === 'waiting');
  const isHeldUp =
    review === 'WAITING' || nodes.some(({ state }) => state === 'now' || state === 'failing' || state === 'refused');
  // What was still asked for when the order was called off is done no more.
  if (isUndone) for (const node of nodes) if (node.state === 'now') node.state = 'waiting';
  if (!isUndone && next !== undefined && !isHeldUp) next.state = 'now';
  // The delivery first, as its carrier may refuse; then the rest at once.
  const undos = nodes.flatMap(({ undo }) => undo ?? []);
  if (undos.some(({ step, state }) => step === 'cancel-delivery' && state !== 'undone'))
    for (const undo of undos) if (undo.step !== 'cancel-delivery' && undo.state === 'now') undo.state = 'waiting';
  return nodes;

  function undoOf(step: SagaNode['step'], state: NodeState): Pick<SagaNode, 'undo'> {
    const by = compensationOf(step);
    if (by === undefined || !isUndone) return {};
    const entry = last(by);
    // What came back is not called off.
    const isNone = state !== 'done' || status === 'CANCELLED' || (step === 'start-delivery' && last('returned'));
    if (entry === undefined && isNone) return {};
    const undoing = entry === undefined ? 'now' : stateOf(entry) === 'done' ? 'undone' : stateOf(entry);
    return { undo: { step: by, state: undoing, ...shown(entry) } };
  }
}

/** The capture has no node of its own, since most orders have none: while it fails, the delivery waits for it. */
function deliveryEntry(last: (step: string) => TimelineEntry | undefined): TimelineEntry | undefined {
  const capture = last('capture-payment');
  const failing = stateOf(capture) === 'failing' ? capture : undefined;
  return last('returned') ?? failing ?? last('await-delivery') ?? last('commit-stock');
}

export const isEnding = (status: OrderStatus): status is 'CANCELLING' | 'CANCELLED' =>
  status === 'CANCELLING' || status === 'CANCELLED';

const GOODS = {
  PENDING: 'order.goodsWaiting',
  INVENTORY_RESERVED: 'order.goodsHeld',
  PAYMENT_COMPLETED: 'order.goodsHeld',
  DELIVERY_STARTED: 'order.goodsHeld',
  COMPLETED: 'order.goodsGone',
} as const;

/** Where the goods are: of an order that ends undone the timeline knows it. */
export function goodsOf({ status }: State, timeline: readonly TimelineEntry[]) {
  if (!isEnding(status)) return GOODS[status];
  const has = (step: string, outcome: string) =>
    timeline.some((entry) => entry.step === step && entry.outcome === outcome);
  if (!has('reserve-stock', 'done')) return 'order.goodsNever';
  return has('release-stock', 'undone') ? 'order.goodsBack' : 'order.goodsHeld';
}

const shown = (entry: TimelineEntry | undefined) =>
  entry === undefined ? {} : { at: entry.at, attempts: entry.attempts };

function stateOf(entry: TimelineEntry | undefined): NodeState {
  if (entry === undefined) return 'waiting';
  if (entry.step === 'returned') return 'refused';
  switch (entry.outcome) {
    case 'done':
      return 'done';
    case 'undone':
      return 'undone';
    case 'refused':
      return 'refused';
    case 'failing':
    case 'timed-out':
      return 'failing';
    case 'asked':
    case 'unconfirmed':
      return 'now';
  }
}
