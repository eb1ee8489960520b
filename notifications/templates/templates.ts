import { topicOf, type OrderEventData } from '../../contracts/events/order-event.js';
import type { AnyEvent } from '../../contracts/events/user-event.js';
import { minorUnitDigits } from '../../contracts/money.js';
import { CANCEL_REASONS, type CancelReason } from '../../contracts/order-status.js';
import { CUSTOMER_TOPICS, type CustomerTopic } from '../../contracts/topics.js';

/** What one event is told in, on whatever channel. Plain text everywhere: who renders it escapes it. */
export interface Message {
  subject: string;
  paragraphs: string[];
  /** Whose lines the e-mail lists. */
  order?: OrderEventData;
  /** The same in one sentence, for SMS. */
  short: string;
}

type Template = (order: OrderEventData) => Message;

/** An amount in minor units as people write it: 3500000 KRW is ₩3,500,000, and 1999 USD is $19.99. */
export function formatMoney(amount: number, currency: string): string {
  const digits = minorUnitDigits(currency);
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(amount / 10 ** digits);
}

interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** An e-mail as plain text and as simple HTML, saying the same. */
export function renderMail({ subject, order, ...message }: Message, name: string): Mail {
  const lines = order === undefined ? [] : linesOf(order);
  const total = order === undefined ? '' : `Total: ${formatMoney(order.totalPrice, order.currency)}`;
  const paragraphs = [`Hello ${name},`, ...message.paragraphs];
  const list = lines.length === 0 ? [] : [[...lines.map((line) => `- ${line}`), total].join('\n')];
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  return {
    subject,
    text: [...paragraphs, ...list, 'Holdfast'].join('\n\n'),
    html: [
      ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
      ...(lines.length === 0 ? [] : [`<ul>${items}</ul>`, `<p><strong>${escapeHtml(total)}</strong></p>`]),
      '<p>Holdfast</p>',
    ].join('\n'),
  };
}

function linesOf({ lines, currency }: OrderEventData): string[] {
  return lines.map(
    ({ productName, quantity, unitPrice }) =>
      `${String(quantity)} x ${productName}, ${formatMoney(unitPrice, currency)} each`,
  );
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const orderReceived: Template = (order) => ({
  subject: `Order received: ${order.orderId}`,
  paragraphs: [
    `We have received your order ${order.orderId}. Thank you!`,
    'We will let you know when it is paid and when it is on its way.',
  ],
  order,
  short: `We have received your order ${order.orderId}: ${formatMoney(order.totalPrice, order.currency)}.`,
});

const paymentCompleted: Template = (order) => {
  const { orderId, totalPrice, currency } = order;
  // True of what is charged, and of what is only held so far.
  const confirmed = `Your payment of ${formatMoney(totalPrice, currency)} for order ${orderId} is confirmed.`;
  return { subject: `Payment confirmed: ${orderId}`, paragraphs: [confirmed], order, short: confirmed };
};

const paymentRefunded: Template = ({ orderId, amount = 0, currency }) => {
  const back = `We have given back ${formatMoney(amount, currency)} of your payment for order ${orderId}.`;
  return {
    subject: `Refund: ${orderId}`,
    paragraphs: [back, 'How soon you see it depends on your bank.'],
    short: back,
  };
};

const deliveryStarted: Template = (order) => {
  const { orderId, trackingNumber } = order;
  const tracking = trackingNumber === undefined ? '' : ` Tracking number: ${trackingNumber}`;
  return {
    subject: `On its way: ${orderId}`,
    paragraphs: [`Your order ${orderId} is on its way.`, ...(tracking === '' ? [] : [tracking.trim()])],
    order,
    short: `Your order ${orderId} is on its way.${tracking}`,
  };
};

const deliveryCompleted: Template = ({ orderId }) => ({
  subject: `Delivered: ${orderId}`,
  paragraphs: [`Your order ${orderId} has been delivered. We hope you enjoy it!`],
  short: `Your order ${orderId} has been delivered.`,
});

const WHY: Record<CancelReason, string> = {
  INSUFFICIENT_STOCK: 'there is not enough in stock',
  REVIEW_REJECTED: 'we can not accept it',
  PAYMENT_DECLINED: 'the payment was declined',
  PAYMENT_TIMEOUT: 'the payment could not be made in time',
  DELIVERY_REFUSED: 'the carrier does not deliver to this address',
  DELIVERY_RETURNED: 'the parcel came back to us',
  CUSTOMER_REQUEST: 'you asked for it',
  OPERATOR_REQUEST: 'our customer service cancelled it',
};

const orderCancelled: Template = (order) => {
  const { orderId, reason } = order;
  const known = CANCEL_REASONS.find((name) => name === reason);
  const why = known === undefined ? '.' : `: ${WHY[known]}.`;
  return {
    subject: `Order cancelled: ${orderId}`,
    paragraphs: [`Your order ${orderId} was cancelled${why}`, 'If you have paid for it, you will get the money back.'],
    order,
    short: `Your order ${orderId} was cancelled${why}`,
  };
};

export const TEMPLATES: Record<CustomerTopic, Template> = {
  'order-created': orderReceived,
  'order-cancelled': orderCancelled,
  'payment-completed': paymentCompleted,
  'payment-refunded': paymentRefunded,
  'delivery-started': deliveryStarted,
  'delivery-completed': deliveryCompleted,
};

/** By its time alone: who changed it may be the owner, an admin, or whoever the owner has to be warned of. */
export function passwordChanged(time: string): Message {
  const format = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  const changed = `The password of your account was changed on ${format.format(new Date(time))} UTC.`;
  return {
    subject: 'Your password was changed',
    paragraphs: [
      `${changed} Everybody who was logged in has been logged out; logging in takes the new password.`,
      'If this was you, or you asked us to do it, there is nothing more to do.',
      'If it was not, somebody else may be using your account. Answer this e-mail at once, so that we can give the account back to you, and change the password wherever else you use the same one.',
    ],
    short: `${changed} Was it not you? Then answer our e-mail at once.`,
  };
}

/** undefined: nobody is told of it. Throws where the event holds what can't be written. */
export function messageOf(event: AnyEvent): Message | undefined {
  if (event.source === '/user-service') return passwordChanged(event.time);
  const topic = CUSTOMER_TOPICS.find((one) => one === topicOf(event.type));
  return topic && TEMPLATES[topic](event.data);
}
