import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { CancelReason, OrderStatus } from '../../../contracts/order-status.js';
import type { SagaStep } from '../../../contracts/saga-steps.js';
import { UNDO_ABANDONED_ORDER, undoWorkflowIdOf } from '../../../contracts/reconciliation.js';
import { resetWorkflow } from '../../../tests/support/temporal.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { approve, cancel, deliveryUpdate, giveUp, paymentChanged, reject, retry, settled } from '../messages.js';
import type { SagaHandle, SagaTest, StartOptions } from './saga-test.js';

export interface Placed {
  id: string;
  handle: SagaHandle;
}

interface ClosedOrder {
  ends: CancelReason | 'COMPLETED';
  /** How many events its history may have; more would cost the server more. */
  atMost?: number;
  wasReset?: boolean;
  live: (saga: SagaTest) => Promise<Placed>;
}

interface OpenOrder {
  waitsAt: OrderStatus;
  live: (saga: SagaTest) => Promise<Placed>;
}

const SOON = { attentionAfterMs: 1_000 };
const REVIEWED = { reviewAbove: 1, reviewWindowMs: 86_400_000 };

const AT_HAND_OVER = { paymentCapture: 'at_hand_over' } as const;

async function started(saga: SagaTest, options?: StartOptions): Promise<Placed> {
  const placed = await saga.order(options);
  await saga.reached(placed.id, 'DELIVERY_STARTED');
  return placed;
}

/** By a reset to before its charge. */
async function startedAgain(saga: SagaTest): Promise<Placed> {
  const { id } = await started(saga);
  await resetWorkflow(saga.client.options.namespace, id, 'chargePayment');
  await waitFor('another charge', () => saga.shop.countOf('charge-payment') > 1);
  return { id, handle: saga.handleOf(id) };
}

/** It waits to be paid. */
async function pending(saga: SagaTest, times?: StartOptions): Promise<Placed> {
  const placed = await saga.order({ ...times, paymentMethod: 'bank_transfer' });
  await waitFor('the wait', () => saga.shop.row(placed.id).state.payment !== null);
  return placed;
}

async function delivered(saga: SagaTest, { id, handle }: Placed): Promise<Placed> {
  await saga.carrierTells(id, 'delivered');
  return { id, handle };
}

/** `step` fails until an operator is asked; it is up again afterwards only if the scenario says so. */
async function stuckAt(saga: SagaTest, step: SagaStep, options?: StartOptions): Promise<Placed> {
  saga.shop.down(step);
  const { id, handle } = await saga.start({ ...SOON, ...options });
  await saga.needsAttention(id);
  return { id, handle };
}

async function cancelledWhile(saga: SagaTest, { id, handle }: Placed): Promise<Placed> {
  await handle.executeUpdate(cancel, { args: [{ by: 'customer', note: 'changed my mind' }] });
  return { id, handle };
}

/** The parcel is on its way, and an operator is asked for its money. */
async function captureRefused(saga: SagaTest): Promise<Placed> {
  saga.shop.refusesToCapture = true;
  const placed = await started(saga, AT_HAND_OVER);
  await saga.carrierTells(placed.id, 'in_transit');
  await saga.needsAttention(placed.id);
  return placed;
}

async function tried(saga: SagaTest, step: SagaStep): Promise<void> {
  await waitFor('a try', () => saga.shop.countOf(step) > 0);
}

/** An order of each kind that has ended. */
export const CLOSED_ORDERS: Record<string, ClosedOrder> = {
  completed: {
    ends: 'COMPLETED',
    atMost: 47,
    live: async (saga) => {
      const placed = await started(saga);
      await saga.carrierTells(placed.id, 'in_transit');
      return delivered(saga, placed);
    },
  },
  'completed-by-the-sweeper': {
    ends: 'COMPLETED',
    atMost: 40,
    live: async (saga) => {
      const placed = await saga.start();
      await saga.reached(placed.id, 'DELIVERY_STARTED');
      return delivered(saga, placed);
    },
  },
  'several-lines': {
    ends: 'COMPLETED',
    atMost: 47,
    live: async (saga) => delivered(saga, await started(saga, { products: 3 })),
  },
  'in-transit-early': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const answer = saga.shop.hold('start-delivery');
      const placed = await saga.order();
      await answer.reached;
      await saga.carrierTells(placed.id, 'in_transit');
      answer.release();
      await waitFor('in transit', () => saga.shop.row(placed.id).timeline.some(({ key }) => key === 'in-transit'));
      return delivered(saga, placed);
    },
  },
  'delivered-early-in-transit-late': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const answer = saga.shop.hold('start-delivery');
      const placed = await saga.order();
      await answer.reached;
      await saga.carrierTells(placed.id, 'delivered');
      await placed.handle.signal(deliveryUpdate, { status: 'in_transit', at: '2026-01-01T00:00:00.000Z' });
      answer.release();
      return placed;
    },
  },
  'retried-early': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const start = saga.shop.hold('start-delivery');
      const placed = await saga.start();
      await start.reached;
      saga.shop.carrierSays(placed.id, 'delivered');
      await placed.handle.signal(retry);
      start.release();
      return placed;
    },
  },
  'delivered-unheard': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const placed = await started(saga);
      for (let times = 0; times < 2; times++) await saga.carrierTells(placed.id, 'in_transit');
      saga.shop.carrierSays(placed.id, 'delivered');
      await placed.handle.signal(retry);
      return placed;
    },
  },
  'delivered-at-the-start': {
    ends: 'COMPLETED',
    live: async (saga) => {
      saga.shop.loseAnswers('start-delivery');
      const placed = await saga.order();
      await tried(saga, 'start-delivery');
      saga.shop.carrierSays(placed.id, 'delivered');
      saga.shop.up('start-delivery');
      return placed;
    },
  },
  'started-again-by-a-reset': {
    ends: 'COMPLETED',
    wasReset: true,
    live: async (saga) => delivered(saga, await startedAgain(saga)),
  },
  'undone-after-a-reset': {
    ends: 'CUSTOMER_REQUEST',
    wasReset: true,
    live: async (saga) => cancelledWhile(saga, await startedAgain(saga)),
  },
  'undone-without-its-workflow': {
    ends: 'OPERATOR_REQUEST',
    live: async (saga) => {
      saga.shop.down('charge-payment');
      const input = saga.place();
      const { id } = input.order;
      const workflow = await saga.client.workflow.start('orderSaga', saga.startOptions(input));
      await saga.reached(id, 'INVENTORY_RESERVED');
      await workflow.terminate();
      await saga.client.workflow.start(UNDO_ABANDONED_ORDER, {
        ...saga.startOptions(input),
        workflowId: undoWorkflowIdOf(id),
        args: [input, 'OPERATOR_REQUEST'],
      });
      return { id, handle: saga.client.workflow.getHandle(undoWorkflowIdOf(id)) };
    },
  },
  'written-down-through-the-queue': {
    ends: 'COMPLETED',
    live: async (saga) => {
      saga.shop.fail('record-progress', 2);
      return delivered(saga, await started(saga));
    },
  },
  'insufficient-stock': {
    ends: 'INSUFFICIENT_STOCK',
    atMost: 15,
    live: (saga) => saga.order({ quantity: 2_000 }),
  },
  'review-approved': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const placed = await saga.order(REVIEWED);
      await placed.handle.signal(approve);
      await saga.reached(placed.id, 'DELIVERY_STARTED');
      return delivered(saga, placed);
    },
  },
  'review-rejected': {
    ends: 'REVIEW_REJECTED',
    live: async (saga) => {
      const placed = await saga.order(REVIEWED);
      await placed.handle.signal(reject);
      return placed;
    },
  },
  'review-undecided': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const placed = await saga.order({ ...REVIEWED, reviewWindowMs: 1_000 });
      await saga.needsAttention(placed.id);
      await placed.handle.signal(approve);
      await saga.reached(placed.id, 'DELIVERY_STARTED');
      return delivered(saga, placed);
    },
  },
  'payment-declined': {
    ends: 'PAYMENT_DECLINED',
    atMost: 30,
    live: (saga) => saga.order({ paymentMethod: 'card_declined' }),
  },
  'payment-not-in-time': {
    ends: 'PAYMENT_TIMEOUT',
    live: (saga) => {
      saga.shop.down('charge-payment');
      return saga.order({ paymentWindowMs: 3_000, ...SOON });
    },
  },
  'paid-by-transfer': {
    ends: 'COMPLETED',
    atMost: 62,
    live: async (saga) => {
      const placed = await pending(saga);
      saga.shop.paymentBecomes(placed.id, 'charged');
      await placed.handle.signal(paymentChanged);
      await saga.reached(placed.id, 'DELIVERY_STARTED');
      return delivered(saga, placed);
    },
  },
  'transfer-asked-for': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const placed = await pending(saga, { paymentAskedEveryMs: 500 });
      await waitFor('another look', () => saga.shop.countOf('charge-payment') > 2);
      saga.shop.paymentBecomes(placed.id, 'charged');
      await saga.reached(placed.id, 'DELIVERY_STARTED');
      return delivered(saga, placed);
    },
  },
  'transfer-refused': {
    ends: 'PAYMENT_DECLINED',
    live: async (saga) => {
      const placed = await pending(saga);
      saga.shop.paymentBecomes(placed.id, 'declined');
      await placed.handle.signal(paymentChanged);
      return placed;
    },
  },
  'transfer-never-paid': {
    ends: 'PAYMENT_TIMEOUT',
    live: (saga) => pending(saga, { paymentWindowMs: 2_000 }),
  },
  'cancelled-while-pending': {
    ends: 'CUSTOMER_REQUEST',
    live: async (saga) => cancelledWhile(saga, await pending(saga)),
  },
  'captured-at-hand-over': {
    ends: 'COMPLETED',
    atMost: 56,
    live: async (saga) => {
      const placed = await started(saga, AT_HAND_OVER);
      await saga.carrierTells(placed.id, 'in_transit');
      await waitFor('the capture', () => saga.shop.payment(placed.id) === 'charged');
      return delivered(saga, placed);
    },
  },
  'delivered-before-captured': {
    ends: 'COMPLETED',
    live: async (saga) => delivered(saga, await started(saga, AT_HAND_OVER)),
  },
  'hold-voided': {
    ends: 'CUSTOMER_REQUEST',
    live: async (saga) => cancelledWhile(saga, await started(saga, AT_HAND_OVER)),
  },
  'captured-and-returned': {
    ends: 'DELIVERY_RETURNED',
    live: async (saga) => {
      const placed = await started(saga, AT_HAND_OVER);
      await saga.carrierTells(placed.id, 'in_transit');
      await waitFor('the capture', () => saga.shop.payment(placed.id) === 'charged');
      await saga.carrierTells(placed.id, 'returned');
      return placed;
    },
  },
  'capture-refused-and-settled': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const placed = await captureRefused(saga);
      await placed.handle.signal(settled);
      return delivered(saga, placed);
    },
  },
  'capture-refused-and-returned': {
    ends: 'DELIVERY_RETURNED',
    live: async (saga) => {
      const placed = await captureRefused(saga);
      await saga.carrierTells(placed.id, 'returned');
      return placed;
    },
  },
  'capture-refused-and-given-up': {
    ends: 'OPERATOR_REQUEST',
    live: async (saga) => {
      const placed = await captureRefused(saga);
      await placed.handle.signal(giveUp);
      return placed;
    },
  },
  'delivery-refused': {
    ends: 'DELIVERY_REFUSED',
    atMost: 44,
    live: (saga) => saga.order({ postalCode: '00000' }),
  },
  'delivery-returned': {
    ends: 'DELIVERY_RETURNED',
    atMost: 56,
    live: async (saga) => {
      const placed = await started(saga);
      await saga.carrierTells(placed.id, 'in_transit');
      await saga.carrierTells(placed.id, 'returned');
      return placed;
    },
  },
  'cancelled-before-stock': {
    ends: 'CUSTOMER_REQUEST',
    live: async (saga) => {
      saga.shop.down('reserve-stock');
      const placed = await saga.start();
      await tried(saga, 'reserve-stock');
      return cancelledWhile(saga, placed);
    },
  },
  'cancelled-before-payment': {
    ends: 'CUSTOMER_REQUEST',
    live: async (saga) => {
      saga.shop.down('charge-payment');
      const placed = await saga.order();
      await tried(saga, 'charge-payment');
      return cancelledWhile(saga, placed);
    },
  },
  'cancelled-while-charged': {
    ends: 'CUSTOMER_REQUEST',
    live: async (saga) => {
      const answer = saga.shop.hold('charge-payment');
      const placed = await saga.order();
      await answer.reached;
      const update = await placed.handle.startUpdate(cancel, {
        args: [{ by: 'customer' }],
        waitForStage: 'ACCEPTED',
      });
      answer.release();
      await update.result();
      return placed;
    },
  },
  'cancelled-before-delivery': {
    ends: 'CUSTOMER_REQUEST',
    live: async (saga) => {
      saga.shop.down('start-delivery');
      const placed = await saga.order();
      await saga.reached(placed.id, 'PAYMENT_COMPLETED');
      await tried(saga, 'start-delivery');
      return cancelledWhile(saga, placed);
    },
  },
  cancelled: {
    ends: 'CUSTOMER_REQUEST',
    atMost: 60,
    live: async (saga) => cancelledWhile(saga, await started(saga)),
  },
  'cancelled-too-late': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const placed = await started(saga);
      saga.shop.carrierSays(placed.id, 'delivered');
      await cancelledWhile(saga, placed).catch((error: unknown) => {
        if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      });
      return placed;
    },
  },
  'given-up-while-delivered': {
    ends: 'COMPLETED',
    live: async (saga) => {
      saga.shop.loseAnswers('start-delivery');
      const placed = await saga.order();
      await tried(saga, 'start-delivery');
      saga.shop.carrierSays(placed.id, 'delivered');
      await placed.handle.signal(giveUp);
      await waitFor('the carrier to refuse', () => saga.shop.countOf('cancel-delivery') > 0);
      saga.shop.up('start-delivery');
      return placed;
    },
  },
  'given-up': {
    ends: 'OPERATOR_REQUEST',
    live: async (saga) => {
      const placed = await started(saga);
      await placed.handle.signal(giveUp);
      return placed;
    },
  },
  'given-up-too-late': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const placed = await started(saga);
      saga.shop.carrierSays(placed.id, 'delivered');
      await placed.handle.signal(giveUp);
      return placed;
    },
  },
  'cancelled-in-temporal': {
    ends: 'OPERATOR_REQUEST',
    live: async (saga) => {
      const placed = await started(saga);
      await placed.handle.cancel();
      return placed;
    },
  },
  'attention-retry': {
    ends: 'COMPLETED',
    atMost: 61,
    live: async (saga) => {
      const placed = await stuckAt(saga, 'charge-payment');
      saga.shop.up('charge-payment');
      await placed.handle.signal(retry);
      await saga.reached(placed.id, 'DELIVERY_STARTED');
      return delivered(saga, placed);
    },
  },
  'attention-settled': {
    ends: 'COMPLETED',
    live: async (saga) => {
      const placed = await stuckAt(saga, 'start-delivery');
      await placed.handle.signal(settled);
      await saga.reached(placed.id, 'DELIVERY_STARTED');
      return delivered(saga, placed);
    },
  },
  'record-settled': {
    ends: 'COMPLETED',
    live: async (saga) => {
      saga.shop.down('record-progress');
      const placed = await saga.start(SOON);
      await waitFor('the operator to be asked', async () => {
        const { typedSearchAttributes } = await placed.handle.describe();
        return typedSearchAttributes.getAll().some(({ value }) => value === 'record-progress');
      });
      saga.shop.up('record-progress');
      await placed.handle.signal(settled);
      await saga.reached(placed.id, 'DELIVERY_STARTED');
      return delivered(saga, placed);
    },
  },
  'attention-given-up': {
    ends: 'OPERATOR_REQUEST',
    live: async (saga) => {
      const placed = await stuckAt(saga, 'charge-payment');
      await placed.handle.signal(giveUp);
      return placed;
    },
  },
  'commit-stuck': {
    ends: 'COMPLETED',
    live: async (saga) => {
      saga.shop.down('commit-stock');
      const placed = await started(saga, SOON);
      await delivered(saga, placed);
      await saga.needsAttention(placed.id);
      saga.shop.up('commit-stock');
      await placed.handle.signal(retry);
      return placed;
    },
  },
  'refund-stuck': {
    ends: 'DELIVERY_REFUSED',
    live: async (saga) => {
      const placed = await stuckAt(saga, 'refund-payment', { postalCode: '00000' });
      saga.shop.up('refund-payment');
      await placed.handle.signal(retry);
      return placed;
    },
  },
  'release-settled': {
    ends: 'PAYMENT_DECLINED',
    live: async (saga) => {
      saga.shop.loseAnswers('release-stock');
      const placed = await saga.start({ ...SOON, paymentMethod: 'card_declined' });
      await saga.needsAttention(placed.id);
      await placed.handle.signal(settled);
      return placed;
    },
  },
  'calling-off-stuck': {
    ends: 'OPERATOR_REQUEST',
    live: async (saga) => {
      saga.shop.down('cancel-delivery');
      const placed = await started(saga, SOON);
      await placed.handle.signal(giveUp);
      await saga.needsAttention(placed.id);
      saga.shop.up('cancel-delivery');
      await placed.handle.signal(retry);
      return placed;
    },
  },
};

/** An order that waits at each status: such are there whenever a new version is deployed. */
export const OPEN_ORDERS: Record<string, OpenOrder> = {
  'waits-for-stock': {
    waitsAt: 'PENDING',
    live: async (saga) => {
      saga.shop.down('reserve-stock');
      const placed = await saga.start();
      await tried(saga, 'reserve-stock');
      return placed;
    },
  },
  'waits-for-review': {
    waitsAt: 'INVENTORY_RESERVED',
    live: async (saga) => {
      const placed = await saga.order(REVIEWED);
      await waitFor('the wait', () => saga.shop.row(placed.id).timeline.some(({ key }) => key === 'review-asked'));
      return placed;
    },
  },
  'waits-for-transfer': { waitsAt: 'INVENTORY_RESERVED', live: (saga) => pending(saga) },
  'waits-for-payment': {
    waitsAt: 'INVENTORY_RESERVED',
    live: async (saga) => {
      saga.shop.down('charge-payment');
      const placed = await saga.order();
      await tried(saga, 'charge-payment');
      return placed;
    },
  },
  'waits-for-an-operator': {
    waitsAt: 'INVENTORY_RESERVED',
    live: (saga) => stuckAt(saga, 'charge-payment'),
  },
  'waits-for-delivery': {
    waitsAt: 'PAYMENT_COMPLETED',
    live: async (saga) => {
      saga.shop.down('start-delivery');
      const placed = await saga.order();
      await saga.reached(placed.id, 'PAYMENT_COMPLETED');
      await tried(saga, 'start-delivery');
      return placed;
    },
  },
  'waits-for-the-carrier': { waitsAt: 'DELIVERY_STARTED', live: (saga) => started(saga) },
  'waits-in-transit': {
    waitsAt: 'DELIVERY_STARTED',
    live: async (saga) => {
      const placed = await started(saga);
      await saga.carrierTells(placed.id, 'in_transit');
      return placed;
    },
  },
  'waits-for-its-refund': {
    waitsAt: 'CANCELLING',
    live: (saga) => stuckAt(saga, 'refund-payment', { postalCode: '00000' }),
  },
};
