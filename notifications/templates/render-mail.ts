import type { OrderEventData } from '../../contracts/events/event-data.js';
import { formatMoney } from './format-money.js';
import type { Message } from './message.js';

export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** An e-mail as plain text and as simple HTML, saying the same. */
export function renderMail(message: Message, order: OrderEventData, name: string): Mail {
  const lines = message.withLines ? linesOf(order) : [];
  const total = `Total: ${formatMoney(order.totalPrice, order.currency)}`;
  const paragraphs = [`Hello ${name},`, ...message.paragraphs];
  const list = lines.length === 0 ? [] : [[...lines.map((line) => `- ${line}`), total].join('\n')];
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  return {
    subject: message.subject,
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
