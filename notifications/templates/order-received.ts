import { formatMoney } from './format-money.js';
import type { Template } from './message.js';

export const orderReceived: Template = ({ orderId, totalPrice, currency }) => ({
  subject: `Order received: ${orderId}`,
  paragraphs: [
    `We have received your order ${orderId}. Thank you!`,
    'We tell you when it is paid and when it is on its way.',
  ],
  withLines: true,
  short: `We have received your order ${orderId}: ${formatMoney(totalPrice, currency)}.`,
});
