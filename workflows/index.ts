/** What the order worker runs: each export is a workflow type. */
export { orderSaga } from './order/order-saga.js';
export { refundPart, refundPart as refundAndRestock } from './order/refund-part.js';
export { reconciliation } from './reconciliation/reconciliation.js';
export { undoAbandonedOrder } from './reconciliation/undo-abandoned-order.js';
