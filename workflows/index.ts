/** What the order worker runs: each export is a workflow type. */
export { orderSaga } from './order/order-saga.js';
export { refundPart } from './order/refund-part.js';
export { reconciliation } from './reconciliation/reconciliation.js';
export { undoAbandonedOrder } from './reconciliation/undo-abandoned-order.js';
