import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CANCEL_UPDATE_ID, type CancelRequest } from '../../contracts/order-saga.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { accepted, cancel, giveUp, retry } from './messages.js';
import { ended } from './testing/outcome.js';
import { startRealServerSagaTest, type RealServerSagaTest } from './testing/real-server.js';
import type { SagaHandle, SagaTest } from './testing/saga-test.js';

let test: RealServerSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startRealServerSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

const byCustomer: CancelRequest = { by: 'customer', note: 'found it cheaper' };

const cancelBy = (handle: SagaHandle, request: CancelRequest, updateId = CANCEL_UPDATE_ID) =>
  handle.executeUpdate(cancel, { args: [request], updateId });

const notCancellable = { cause: { type: 'NotCancellable' } };

/** Refund and release don't wait for each other, so either may be first. */
const undoCalls = () => {
  const calls = saga.shop.calls.filter((call) => ['cancel-delivery', 'refund-payment', 'release-stock'].includes(call));
  return [...calls.slice(0, -2), ...calls.slice(-2).sort()];
};

describe('a customer who cancels', () => {
  it('before stock is decided gets the order cancelled, and so does whoever waits for the decision', async () => {
    saga.shop.down('reserve-stock');
    const { id, handle } = await saga.start();
    const decision = handle.executeUpdate(accepted);
    await waitFor('a try', () => saga.shop.countOf('reserve-stock') > 0);
    expect(await cancelBy(handle, byCustomer)).toMatchObject({ status: 'CANCELLED' });
    expect(await decision).toMatchObject({ status: 'CANCELLED', cancelReason: 'CUSTOMER_REQUEST' });

    const { order, row } = await ended(saga, id, handle);
    expect(order.cancelNote).toBe('found it cheaper');
    expect(row.state.stockDecision).toEqual({ outcome: 'cancelled' });
    expect(row.statuses).toEqual(['PENDING', 'CANCELLING', 'CANCELLED']);
    expect(row.events).toEqual([{ topic: 'order-cancelled', reason: 'CUSTOMER_REQUEST' }]);
    expect(undoCalls()).toEqual(['release-stock']);
  });

  it('while it waits for its payment gets the stock released, and a late charge will be refused', async () => {
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.order();
    expect(await cancelBy(handle, byCustomer)).toMatchObject({ status: 'CANCELLED' });

    const { row } = await ended(saga, id, handle);
    expect(row.statuses).toEqual(['PENDING', 'INVENTORY_RESERVED', 'CANCELLING', 'CANCELLED']);
    expect(saga.shop.payment(id)).toBe('mark');
    expect(undoCalls()).toEqual(['refund-payment', 'release-stock']);
  });

  it('while the charge is on its way has it heard out, written down and refunded', async () => {
    const answer = saga.shop.hold('charge-payment');
    const { id, handle } = await saga.order();
    await answer.reached;
    const cancelled = cancelBy(handle, byCustomer);
    await waitFor('the wish to arrive', async () => (await acceptedUpdates(handle)) === 2);
    answer.release();
    expect(await cancelled).toMatchObject({ status: 'CANCELLED', paymentId: `payment-${id}` });

    const { row } = await ended(saga, id, handle);
    expect(row.statuses).toEqual(['PENDING', 'INVENTORY_RESERVED', 'PAYMENT_COMPLETED', 'CANCELLING', 'CANCELLED']);
    expect(saga.shop.payment(id)).toBe('refunded');
    expect(saga.shop.countOf('start-delivery')).toBe(0);
    expect(undoCalls()).toEqual(['refund-payment', 'release-stock']);
  });

  it('while it is paid and not yet with the carrier gets everything undone, the delivery first', async () => {
    saga.shop.down('start-delivery');
    const { id, handle } = await saga.order();
    await saga.reached(id, 'PAYMENT_COMPLETED');
    await cancelBy(handle, byCustomer);

    const { row } = await ended(saga, id, handle);
    expect(row.statuses.slice(-3)).toEqual(['PAYMENT_COMPLETED', 'CANCELLING', 'CANCELLED']);
    expect(undoCalls()).toEqual(['cancel-delivery', 'refund-payment', 'release-stock']);
  });

  it('while the delivery is started and not yet in transit gets it called off', async () => {
    const { id, handle } = await saga.order();
    await saga.reached(id, 'DELIVERY_STARTED');
    expect(await cancelBy(handle, byCustomer)).toMatchObject({ status: 'CANCELLED', cancelNote: 'found it cheaper' });

    const { row, events } = await ended(saga, id, handle);
    expect(row.statuses.slice(-3)).toEqual(['DELIVERY_STARTED', 'CANCELLING', 'CANCELLED']);
    expect(undoCalls()).toEqual(['cancel-delivery', 'refund-payment', 'release-stock']);
    const undone = row.timeline.slice(3).map(({ key, outcome }) => `${key} ${outcome}`);
    expect(undone).toHaveLength(5);
    expect(undone.slice(0, 2)).toEqual(['cancel asked', 'cancel-delivery undone']);
    expect(undone.slice(2, 4).sort()).toEqual(['refund-payment undone', 'release-stock undone']);
    expect(undone.at(-1)).toBe('cancelled done');
    expect(events).toBeLessThanOrEqual(60);
  });

  it('is refused once the carrier has it', async () => {
    const { id, handle } = await saga.order();
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'in_transit');
    await expect(cancelBy(handle, byCustomer)).rejects.toMatchObject(notCancellable);
    await expect(cancelBy(handle, { by: 'operator' })).rejects.toMatchObject(notCancellable);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(undoCalls()).toEqual([]);
  });

  it('is refused when the carrier has it, though the step that handed it over has not answered', async () => {
    const answer = saga.shop.hold('start-delivery');
    const { id, handle } = await saga.order();
    await answer.reached;
    await saga.carrierTells(id, 'in_transit');
    await expect(cancelBy(handle, byCustomer)).rejects.toMatchObject(notCancellable);
    answer.release();
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('is refused while the stock of a delivered order waits to be committed', async () => {
    saga.shop.down('commit-stock');
    const { id, handle } = await saga.order();
    await saga.carrierTells(id, 'delivered');
    await waitFor('a try', () => saga.shop.countOf('commit-stock') > 0);
    await expect(cancelBy(handle, byCustomer)).rejects.toMatchObject(notCancellable);
    await handle.signal(giveUp);
    saga.shop.up('commit-stock');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('is told so when it turns out to be delivered: nothing is undone', async () => {
    const { id, handle } = await saga.order();
    await saga.reached(id, 'DELIVERY_STARTED');
    saga.shop.carrierSays(id, 'delivered');
    await expect(cancelBy(handle, byCustomer)).rejects.toMatchObject(notCancellable);

    const { order, row, events } = await ended(saga, id, handle);
    expect(order.status).toBe('COMPLETED');
    expect(order.cancelReason).toBeUndefined();
    expect(row.statuses.slice(-2)).toEqual(['DELIVERY_STARTED', 'COMPLETED']);
    expect(undoCalls()).toEqual(['cancel-delivery']);
    expect(row.timeline.map(({ key, outcome }) => `${key} ${outcome}`)).toContain('cancel-delivery refused');
    expect(events).toBeLessThanOrEqual(52);
  });

  it('is told so even where the start of that delivery never answered; its tracking number is asked again', async () => {
    saga.shop.loseAnswers('start-delivery');
    const { id, handle } = await saga.order();
    await waitFor('two tries', () => saga.shop.countOf('start-delivery') >= 2);
    saga.shop.carrierSays(id, 'delivered');
    // Looked at from the beginning: it may be refused while the rest is waited for.
    const refused = expect(cancelBy(handle, byCustomer)).rejects.toMatchObject(notCancellable);
    await waitFor('the refusal', () => saga.shop.countOf('cancel-delivery') > 0);
    saga.shop.up('start-delivery');
    await refused;

    const { order, row } = await ended(saga, id, handle);
    expect(order).toMatchObject({ status: 'COMPLETED', trackingNumber: `track-${id}` });
    expect(row.statuses.slice(-3)).toEqual(['PAYMENT_COMPLETED', 'DELIVERY_STARTED', 'COMPLETED']);
  });

  it('five times at once gets one undo and five answers', async () => {
    const { id, handle } = await saga.order();
    await saga.reached(id, 'DELIVERY_STARTED');
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => cancelBy(handle, { by: 'customer', note: `note ${n}` }, `cancel-${n}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill('CANCELLED'));
    expect(new Set(answers.map(({ cancelNote }) => cancelNote)).size).toBe(1);
    await ended(saga, id, handle);
    expect(undoCalls()).toEqual(['cancel-delivery', 'refund-payment', 'release-stock']);
  });

  it('while it is already being undone gets its end, and the first reason stays', async () => {
    const released = saga.shop.hold('release-stock');
    const { id, handle } = await saga.order({ paymentMethod: 'card_declined' });
    await released.reached;
    const cancelled = cancelBy(handle, byCustomer);
    await waitFor('the wish to arrive', async () => (await acceptedUpdates(handle)) === 2);
    released.release();
    expect(await cancelled).toMatchObject({ status: 'CANCELLED', cancelReason: 'PAYMENT_DECLINED' });
    expect((await ended(saga, id, handle)).order.cancelNote).toBeUndefined();
  });
});

describe('an operator who gives an order up', () => {
  it('undoes it though nothing waits for them', async () => {
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.order();
    await handle.signal(giveUp);
    await handle.signal(giveUp);
    const { order, row } = await ended(saga, id, handle);
    expect(order.cancelReason).toBe('OPERATOR_REQUEST');
    expect(row.timeline.find(({ key }) => key === 'cancel')).toMatchObject({
      outcome: 'asked',
      detail: 'by the operator',
    });
  });

  it('may do so in transit: the carrier calls it back', async () => {
    const { id, handle } = await saga.order();
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'in_transit');
    await handle.signal(giveUp);
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('OPERATOR_REQUEST');
    expect(undoCalls()).toEqual(['cancel-delivery', 'refund-payment', 'release-stock']);
  });

  it('before its first task undoes nothing, because nothing was done', async () => {
    const input = saga.place();
    const handle = await saga.client.workflow.signalWithStart('orderSaga', {
      ...saga.startOptions(input),
      signal: giveUp,
    });
    const { row } = await ended(saga, input.order.id, saga.handleOf(input.order.id));
    expect(handle.workflowId).toBe(`order-${input.order.id}`);
    expect(row.statuses).toEqual(['PENDING', 'CANCELLED']);
    expect(row.state.stockDecision).toEqual({ outcome: 'cancelled' });
    expect(undoCalls()).toEqual([]);
  });
});

describe("Temporal's own cancellation", () => {
  it('undoes the order, and the workflow completes with it', async () => {
    const { id, handle } = await saga.order();
    await saga.reached(id, 'DELIVERY_STARTED');
    await handle.cancel();
    const { order } = await ended(saga, id, handle);
    expect(order.cancelReason).toBe('OPERATOR_REQUEST');
    expect((await handle.describe()).status.name).toBe('COMPLETED');
    expect(undoCalls()).toEqual(['cancel-delivery', 'refund-payment', 'release-stock']);
  });

  it('still lets the order answer who waits for its stock decision', async () => {
    saga.shop.down('reserve-stock');
    const { id, handle } = await saga.start();
    const decision = handle.executeUpdate(accepted);
    await waitFor('the question', async () => (await acceptedUpdates(handle)) === 1);
    await handle.cancel();
    expect(await decision).toMatchObject({ status: 'CANCELLED', cancelReason: 'OPERATOR_REQUEST' });
    await ended(saga, id, handle);
  });

  it('during an undo changes nothing, also where a compensation waits for an operator', async () => {
    saga.shop.down('refund-payment');
    const { id, handle } = await saga.order({ postalCode: '00000', attentionAfterMs: 3_000 });
    await waitFor(
      'the undo',
      () => saga.shop.countOf('refund-payment') > 0 && saga.shop.reservation(id) === 'released',
    );
    await handle.cancel();
    await saga.needsAttention(id);
    saga.shop.up('refund-payment');
    await handle.signal(retry);
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('DELIVERY_REFUSED');
  });

  it('of a delivered order changes nothing', async () => {
    const committed = saga.shop.hold('commit-stock');
    const { id, handle } = await saga.order();
    await saga.carrierTells(id, 'delivered');
    await committed.reached;
    await handle.cancel();
    committed.release();
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });
});

/** How many updates the workflow has taken. */
async function acceptedUpdates(handle: SagaHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length ?? 0;
}
