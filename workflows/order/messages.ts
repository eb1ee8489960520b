import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DeliveryUpdate } from '../../contracts/activities/delivery-activities.js';
import type { Order } from '../../contracts/http/orders.js';
import type { CancelRequest } from '../../contracts/order-saga.js';

/** Waits until stock is decided, then answers with the order. */
export const accepted = defineUpdate<Order>('accepted');

/** Undoes the order and answers with it once it is undone; rejected with `NotCancellable` once the carrier has it. */
export const cancel = defineUpdate<Order, [CancelRequest]>('cancel');

export const deliveryUpdate = defineSignal<[DeliveryUpdate]>('deliveryUpdate');

/** The provider has news of the payment; which ones, it is asked. */
export const paymentChanged = defineSignal('paymentChanged');

/** For operators. None needs a payload, so that both command lines can send them: what waits goes again now. */
export const retry = defineSignal('retry');
/** Undo the order and cancel it. */
export const giveUp = defineSignal('giveUp');
/** What waits was put right elsewhere: go on without it. */
export const settled = defineSignal('settled');

/** Of an order that waits for review, or comes to it: charge it. The first decision counts. */
export const approve = defineSignal('approve');
/** Of the same: undo it, and cancel it. */
export const reject = defineSignal('reject');

export const orderQuery = defineQuery<Order>('order');

export { initialSearchAttributes } from './operator-view.js';
