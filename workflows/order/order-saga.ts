import { allHandlersFinished, CancellationScope, condition, patched } from '@temporalio/workflow';
import type { Order } from '../../contracts/http/orders.js';
import type { OrderSagaInput } from '../../contracts/order-saga.js';
import { awaitDelivery } from './await-delivery.js';
import { holdIn, takeHeldPayment } from './capture-payment.js';
import { chargeUntilDecided } from './await-payment.js';
import { awaitReview } from './await-review.js';
import { answerMessages } from './answer-messages.js';
import { textsIn } from './step-outcome.js';
import { PATCHES } from './patches.js';
import { openSaga, type Saga } from './saga.js';
import { showInSearch } from './operator-view.js';
import { deliveryOf, stockOf } from './step-activities.js';
import { RETURNED, type UndoCause } from './cancellation.js';
import { undoOrder } from './undo-order.js';

/**
 * The story of an order: its stock is held, a person looks at it where it is large, it is paid, delivered, and the stock
 * leaves the books. It may be told to hold the money first, and to take it once the carrier has the parcel.
 * A refusal, a return, a customer or an operator may end that story anywhere before delivery; then all that was done is
 * undone. So an order always finishes or always undoes itself, and the workflow completes with the order either way.
 */
export async function orderSaga(input: OrderSagaInput): Promise<Order> {
  const saga = openSaga(input);
  answerMessages(saga);

  const undoCause = await saga.cancellation.during(async () => {
    await reserveStock(saga);
    await awaitReview(saga);
    await chargePayment(saga);
    await startDelivery(saga);
    return waitForDelivery(saga);
  });

  await CancellationScope.nonCancellable(async () => {
    const undone = undoCause !== undefined && (await undoOrder(saga, undoCause));
    if (!undone) await completeOrder(saga);
    await condition(allHandlersFinished);
  });
  return saga.journal.order;
}

async function reserveStock({ input, services, review, step }: Saga): Promise<void> {
  await step(
    'reserve-stock',
    () => services.reserveStock(stockOf(input.order)),
    () => ({
      status: 'INVENTORY_RESERVED',
      stockDecision: { outcome: 'reserved' },
      ...(review.isNeeded && { review: 'WAITING' }),
      events: [{ topic: 'inventory-reserved' }],
    }),
  );
}

async function chargePayment(saga: Saga): Promise<void> {
  const { input, step } = saga;
  const until = Date.now() + input.paymentWindowMs;
  await step(
    'charge-payment',
    () => chargeUntilDecided(saga, until),
    (result) => {
      const { paymentId } = textsIn(result, 'paymentId');
      // Settled means paid another way: what is held all the same must not be taken, too.
      // After a reset an earlier run's charge may have no answer here either: the row tells then that money is held.
      saga.payment.isTaken = paymentId === undefined && saga.journal.order.payment?.status !== 'HELD';
      return {
        status: 'PAYMENT_COMPLETED',
        ...(paymentId !== undefined && { paymentId }),
        ...holdIn(result),
        events: [{ topic: 'payment-completed' }],
      };
    },
    until,
  );
}

async function startDelivery({ input, services, carrier, step }: Saga): Promise<void> {
  await step(
    'start-delivery',
    () => services.startDelivery(deliveryOf(input.order)),
    (result) => {
      const reports = result?.reports;
      const hasReports = Array.isArray(reports) && reports.length > 0;
      if (!hasReports || patched(PATCHES.readsReportsAtTheStart)) carrier.read(reports);
      const delivery = textsIn(result, 'deliveryId', 'trackingNumber');
      return { status: 'DELIVERY_STARTED', ...delivery, events: [{ topic: 'delivery-started' }] };
    },
  );
}

async function waitForDelivery(saga: Saga): Promise<UndoCause | undefined> {
  const end = await awaitDelivery(saga);
  if (end === 'delivered') return undefined;

  saga.compensations.dropFor('start-delivery'); // What came back can't be called off.
  return RETURNED;
}

/** From here on there is no way back: what is delivered is not undone. */
export async function completeOrder(saga: Saga): Promise<void> {
  const { input, services, step, journal, details } = saga;
  details.phase('Delivered: its stock leaves the books.');
  // Called off while the carrier was being asked, and delivered all the same: asking again tells its tracking number.
  if (!hasBegunDelivery(journal.order)) await startDelivery(saga);
  await takeHeldPayment(saga);
  await step(
    'commit-stock',
    () => services.commitStock(stockOf(input.order)),
    () => ({
      status: 'COMPLETED',
      attention: null,
      events: [{ topic: 'delivery-completed' }, { topic: 'order-completed' }],
    }),
  );
  showInSearch(journal.order, null);
  details.phase('Completed.');
}

function hasBegunDelivery({ status }: Order): boolean {
  return status === 'DELIVERY_STARTED' || status === 'COMPLETED';
}
