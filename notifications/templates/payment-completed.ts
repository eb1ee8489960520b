import { formatMoney } from './format-money.js';
import type { Template } from './message.js';

export const paymentCompleted: Template = ({ orderId, totalPrice, currency }) => {
  const paid = `Your payment of ${formatMoney(totalPrice, currency)} for order ${orderId} is completed.`;
  return { subject: `Payment completed: ${orderId}`, paragraphs: [paid], withLines: true, short: paid };
};
