import type { Template } from './message.js';

export const deliveryStarted: Template = ({ orderId, trackingNumber }) => {
  const tracking = trackingNumber === undefined ? '' : ` Tracking number: ${trackingNumber}`;
  return {
    subject: `On its way: ${orderId}`,
    paragraphs: [`Your order ${orderId} is on its way.`, ...(tracking === '' ? [] : [tracking.trim()])],
    withLines: true,
    short: `Your order ${orderId} is on its way.${tracking}`,
  };
};
