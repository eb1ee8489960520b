/** What the order worker runs: each export is a workflow type. */
export { orderSaga } from './order/order-saga.js';
