import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type {
  DeliveryActivities,
  DeliveryRequest,
  DeliveryUpdate,
} from '../../../contracts/activities/delivery-activities.js';
import type {
  InventoryActivities,
  RestockActivities,
  StockRequest,
} from '../../../contracts/activities/inventory-activities.js';
import type {
  OrderActivities,
  OrderProgress,
  Recorded,
  TimelineEntry,
} from '../../../contracts/activities/order-activities.js';
import {
  CAPTURE_REFUSED,
  type ChargeAnswer,
  type ChargeRequest,
  type PaymentActivities,
  type PendingCharge,
  type RefundPartActivities,
} from '../../../contracts/activities/payment-activities.js';
import type { Order } from '../../../contracts/http/orders.js';
import type { PlacedOrder } from '../../../contracts/http/orders.js';
import { REFUSALS } from '../../../contracts/refusals.js';
import type { AttentionStep, SagaStep } from '../../../contracts/saga-steps.js';
import { SETTLED_DETAIL } from '../../../contracts/timeline.js';
import { Gate } from './gate.js';
import { advance, PENDING, shownState, type OrderState } from '../../../services/order/domain/order-state.js';

type Step = SagaStep | 'record-progress' | 'carrier-reports';

/** The order's row, its timeline and its outbox. */
export interface Row {
  placed: PlacedOrder;
  state: OrderState;
  order: Order;
  statuses: string[];
  timeline: TimelineEntry[];
  events: { topic: string; reason?: string | undefined }[];
  /** Statuses that could not follow; only a reset may bring any. */
  ignored: string[];
}

/**
 * The four services in memory, each step idempotent by order id as the contract asks, and each able to be down, to
 * answer late or to lose its answer.
 */
export class TestShop {
  /** What was called, in order, each attempt. */
  readonly calls: Step[] = [];
  readonly stock = new Map<number, number>();
  readonly #rows = new Map<string, Row>();
  readonly #held = new Map<string, 'held' | 'released' | 'committed' | 'refused'>();
  readonly #payments = new Map<string, 'charged' | 'held' | 'declined' | 'refunded' | 'voided' | 'mark' | 'pending'>();
  readonly #deliveries = new Map<string, 'started' | 'refused' | 'delivered' | 'returned' | 'cancelled'>();
  readonly #before = new Map<Step, () => Promise<void> | void>();
  readonly #after = new Map<Step, () => Promise<void> | void>();

  /** What the provider says of a charge that is decided later. */
  pendingCharge: PendingCharge = {};

  /** With what the provider refuses to capture: a hold that has expired. */
  refusesToCapture = false;

  /** All up again; what orders left stays. */
  reset(): void {
    this.refusesToCapture = false;
    this.pendingCharge = {};
    this.calls.length = 0;
    this.#before.clear();
    this.#after.clear();
    this.stock.clear();
  }

  add(order: PlacedOrder): void {
    this.#rows.set(order.id, {
      placed: order,
      state: PENDING,
      order: { ...order, ...shownState(PENDING, order.createdAt) },
      statuses: [PENDING.status],
      timeline: [],
      events: [],
      ignored: [],
    });
  }

  row(orderId: string): Row {
    const row = this.#rows.get(orderId);
    if (row === undefined) throw new Error(`no order ${orderId}`);
    return row;
  }

  /** Its timeline, a line for each entry. */
  linesOf(orderId: string): string[] {
    return this.row(orderId).timeline.map(({ step, outcome, detail }) =>
      [step, outcome, detail].filter(Boolean).join(' '),
    );
  }

  payment(orderId: string) {
    return this.#payments.get(orderId);
  }

  delivery(orderId: string) {
    return this.#deliveries.get(orderId);
  }

  reservation(orderId: string) {
    return this.#held.get(orderId);
  }

  countOf(step: Step): number {
    return this.calls.filter((call) => call === step).length;
  }

  down(step: Step, failure: () => Error = () => ApplicationFailure.retryable(`${step} is down`, 'ServiceDown')): void {
    this.#before.set(step, () => {
      throw failure();
    });
  }

  up(step: Step): void {
    this.#before.delete(step);
    this.#after.delete(step);
  }

  /** The next `times` attempts happen, but nobody hears of it. */
  loseAnswers(step: Step, times = Number.POSITIVE_INFINITY): void {
    let left = times;
    this.#after.set(step, () => {
      if (left-- > 0) throw ApplicationFailure.retryable('the answer was lost', 'AnswerLost');
    });
  }

  fail(step: Step, times: number): void {
    let left = times;
    this.#before.set(step, () => {
      if (left-- > 0) throw ApplicationFailure.retryable(`${step} failed`, 'ServiceDown');
    });
  }

  /** Holds the step back, after it happened, until released; with a failure nobody hears that it happened. */
  hold(step: Step, failure?: Error): { reached: Promise<void>; release: () => void } {
    const reached = new Gate();
    const released = new Gate();
    this.#after.set(step, async () => {
      reached.open();
      await released.opened;
      if (failure) throw failure;
    });
    return {
      reached: reached.opened,
      release: () => {
        this.#after.delete(step);
        released.open();
      },
    };
  }

  /** The bank's side of a payment that is pending; the signal is the test's. */
  paymentBecomes(orderId: string, state: 'charged' | 'declined'): void {
    this.#payments.set(orderId, state);
  }

  /** The carrier's side of the delivery; the signal is the test's. */
  carrierSays(orderId: string, status: 'delivered' | 'returned'): void {
    this.#deliveries.set(orderId, status);
  }

  /** What becomes of goods that are to go back to stock; as a test has it. */
  restocks: RestockActivities = {
    restockShort: () => Promise.resolve(null),
    restock: () => Promise.resolve({ restocked: true }),
  };

  readonly inventory: InventoryActivities & RestockActivities = {
    restockShort: (request) => this.restocks.restockShort(request),
    restock: (request) => this.restocks.restock(request),
    reserveStock: (request) => this.#perform('reserve-stock', () => this.#reserve(request)),
    releaseStock: ({ orderId, lines }) =>
      this.#perform('release-stock', () => {
        if (this.#held.get(orderId) === 'held') for (const line of lines) this.#put(line.productId, line.quantity);
        this.#held.set(orderId, 'released');
      }),
    commitStock: ({ orderId }) =>
      this.#perform('commit-stock', () => {
        this.#held.set(orderId, 'committed');
      }),
  };

  /** What becomes of a part of a charge that is to go back; as a test has it. */
  refundPart: RefundPartActivities['refundPart'] = () => Promise.resolve({ outcome: 'refunded' });

  readonly payments: PaymentActivities & RefundPartActivities = {
    refundPart: (request) => this.refundPart(request),
    chargePayment: (request) => this.#perform('charge-payment', () => this.#charge(request)),
    capturePayment: ({ orderId }) =>
      this.#perform('capture-payment', () => {
        if (this.#payments.get(orderId) === 'charged') return { captured: true };
        if (this.refusesToCapture || this.#payments.get(orderId) !== 'held') throw refusal(CAPTURE_REFUSED);
        this.#payments.set(orderId, 'charged');
        return { captured: true };
      }),
    refundPayment: ({ orderId }) =>
      this.#perform('refund-payment', () => {
        const refunded = this.#payments.get(orderId) === 'charged';
        if (refunded) this.#payments.set(orderId, 'refunded');
        else if (this.#payments.get(orderId) === 'held') this.#payments.set(orderId, 'voided');
        else if ((this.#payments.get(orderId) ?? 'pending') === 'pending') this.#payments.set(orderId, 'mark');
        return { refunded };
      }),
  };

  readonly deliveries: DeliveryActivities = {
    startDelivery: (request) => this.#perform('start-delivery', () => this.#deliver(request)),
    cancelDelivery: ({ orderId }) =>
      this.#perform('cancel-delivery', () => {
        if (this.#deliveries.get(orderId) === 'delivered') throw refusal(REFUSALS.alreadyDelivered);
        this.#deliveries.set(orderId, 'cancelled');
      }),
    carrierReports: ({ orderId }) => this.#perform('carrier-reports', () => this.#reportsOf(orderId)),
  };

  readonly orders: OrderActivities = {
    recordProgress: (progress, firstRunId) =>
      this.#perform('record-progress', () => this.#record(progress, firstRunId)),
  };

  async #perform<T>(step: Step, work: () => T): Promise<T> {
    this.calls.push(step);
    await this.#before.get(step)?.();
    const result = work();
    await this.#after.get(step)?.();
    return result;
  }

  #put(productId: number, quantity: number): void {
    this.stock.set(productId, (this.stock.get(productId) ?? 0) + quantity);
  }

  #reserve({ orderId, lines }: StockRequest): void {
    const known = this.#held.get(orderId);
    if (known === 'held') return;
    if (known === 'released') throw refusal(REFUSALS.compensated);
    const short = lines.find(({ productId, quantity }) => (this.stock.get(productId) ?? 0) < quantity);
    if (short) {
      const available = this.stock.get(short.productId) ?? 0;
      throw refusal(REFUSALS.insufficientStock, { productId: short.productId, requested: short.quantity, available });
    }
    for (const line of lines) this.#put(line.productId, -line.quantity);
    this.#held.set(orderId, 'held');
  }

  #charge({ orderId, paymentMethod, capture = true }: ChargeRequest): ChargeAnswer {
    const known = this.#payments.get(orderId);
    if (known === 'refunded' || known === 'voided' || known === 'mark') throw refusal(REFUSALS.compensated);
    const paymentId = `payment-${orderId}`;
    if (paymentMethod === 'card_declined') {
      this.#payments.set(orderId, 'declined');
      throw refusal(REFUSALS.paymentDeclined, { paymentId, code: 'card_declined' });
    }
    if (known === 'declined') throw refusal(REFUSALS.paymentDeclined, { paymentId, code: 'refused_by_customer' });
    if (paymentMethod.startsWith('bank_transfer') && known !== 'charged') {
      this.#payments.set(orderId, 'pending');
      return { pending: this.pendingCharge };
    }
    if (!capture && known !== 'charged') {
      this.#payments.set(orderId, 'held');
      return { paymentId, held: { expiresAt: '2030-01-01T00:00:00.000Z' } };
    }
    this.#payments.set(orderId, 'charged');
    return { paymentId };
  }

  #deliver({ orderId, shippingAddress }: DeliveryRequest) {
    if (this.#deliveries.get(orderId) === 'cancelled') throw refusal(REFUSALS.compensated);
    if (shippingAddress.postalCode === '00000') {
      this.#deliveries.set(orderId, 'refused');
      throw refusal(REFUSALS.deliveryRefused, { code: 'address_not_served' });
    }
    if (!this.#deliveries.has(orderId)) this.#deliveries.set(orderId, 'started');
    const reports = this.#reportsOf(orderId);
    return { deliveryId: `delivery-${orderId}`, carrier: 'simulated', trackingNumber: `track-${orderId}`, reports };
  }

  #reportsOf(orderId: string): DeliveryUpdate[] {
    const status = this.#deliveries.get(orderId);
    return status === 'delivered' || status === 'returned' ? [{ status, at: '2026-01-01T00:00:00.000Z' }] : [];
  }

  #record({ orderId, patch, entry, events }: OrderProgress, firstRunId: string): Recorded {
    const row = this.row(orderId);
    const updatedAt = new Date().toISOString();
    const { state, moved } = advance(row.state, patch);
    if (moved !== undefined) row.statuses.push(moved);
    else if (patch.status !== undefined && row.state.status !== patch.status) row.ignored.push(patch.status);
    row.state = state;
    row.order = { ...row.placed, ...shownState(state, updatedAt) };
    const runId = activityInfo().workflowExecution?.runId ?? '';
    const wasReset = runId !== firstRunId;
    const key = wasReset ? `${entry.key}-${runId}` : entry.key;
    if (!row.timeline.some((known) => known.key === key)) row.timeline.push({ ...entry, key });
    for (const event of events) if (!row.events.some(({ topic }) => topic === event.topic)) row.events.push(event);
    if (!wasReset) return { updatedAt };
    const settled = row.timeline.filter(({ detail }) => detail === SETTLED_DETAIL).map(({ step }) => step);
    return { updatedAt, afterReset: row.order, settled: settled as AttentionStep[] };
  }
}

function refusal(type: string, ...details: unknown[]): ApplicationFailure {
  return ApplicationFailure.create({ type, message: type, nonRetryable: true, details });
}
