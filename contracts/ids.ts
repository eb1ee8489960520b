/** An order never gets a second workflow: the workflow's id is made of the order's. */
export function workflowIdOf(orderId: string): string {
  return `order-${orderId}`;
}

/** The id of the update with which a customer, or an operator for them, cancels. One fixed id: however often sent, it is one update. */
export const CANCEL_UPDATE_ID = 'cancel';

/** The id of the update that answers when stock is decided. */
export const ACCEPTED_UPDATE_ID = 'accepted';
