import type { Order } from './http/orders.js';

/** Workflow type of the Saga. */
export const ORDER_SAGA = 'orderSaga';

/** The order as it was placed: what never changes. */
export type PlacedOrder = Pick<
  Order,
  'id' | 'userId' | 'userVerified' | 'currency' | 'totalPrice' | 'lines' | 'shippingAddress' | 'createdAt'
>;

export interface OrderSagaInput {
  order: PlacedOrder;
  paymentMethod: string;
  /** ATTENTION_AFTER, in milliseconds. */
  attentionAfterMs: number;
}

export interface CancelRequest {
  by: 'customer' | 'operator';
  note?: string;
}

/** Type of the failure with which the update `cancel` is rejected: the carrier has it, or it is delivered. */
export const NOT_CANCELLABLE = 'NotCancellable';
