import { CANCEL_REASONS } from '../../contracts/order-status.js';
import type { CancelReason } from '../../contracts/order-status.js';
import type { Template } from './message.js';

const WHY: Record<CancelReason, string> = {
  INSUFFICIENT_STOCK: 'there is not enough in stock',
  PAYMENT_DECLINED: 'the payment was declined',
  PAYMENT_TIMEOUT: 'the payment could not be made in time',
  DELIVERY_REFUSED: 'the carrier does not deliver to this address',
  DELIVERY_RETURNED: 'the parcel came back to us',
  CUSTOMER_REQUEST: 'you asked for it',
  OPERATOR_REQUEST: 'our customer service cancelled it',
};

export const orderCancelled: Template = ({ orderId, reason }) => {
  const known = CANCEL_REASONS.find((name) => name === reason);
  const why = known === undefined ? '.' : `: ${WHY[known]}.`;
  return {
    subject: `Order cancelled: ${orderId}`,
    paragraphs: [`Your order ${orderId} was cancelled${why}`, 'What you may have paid goes back to you.'],
    withLines: true,
    short: `Your order ${orderId} was cancelled${why}`,
  };
};
