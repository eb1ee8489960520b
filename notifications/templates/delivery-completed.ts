import type { Template } from './message.js';

export const deliveryCompleted: Template = ({ orderId }) => ({
  subject: `Delivered: ${orderId}`,
  paragraphs: [`Your order ${orderId} has been delivered. We hope you like it!`],
  withLines: false,
  short: `Your order ${orderId} has been delivered.`,
});
