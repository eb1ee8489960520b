import type { PlacedOrder } from '../../contracts/order-saga.js';

/** A server may refuse details over 20 kB and a summary over 400 bytes; both grow when they are encrypted. */
const LINES_SHOWN = 10;

/** The order in one line, for lists and the head of its page in the Web UI. Nothing personal. */
export function summaryOf({ userId, lines, totalPrice, currency }: PlacedOrder, paymentMethod: string): string {
  const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const what = `${pieces} ${pieces === 1 ? 'piece' : 'pieces'} of ${lines.length === 1 ? 'one product' : `${lines.length} products`}`;
  return `${what}, ${totalPrice} ${currency} (minor unit) by ${paymentMethod}, customer ${userId}`;
}

/** What was ordered, in Markdown. Nothing personal. */
export function detailsOf({ lines, currency }: PlacedOrder): string {
  const shown = lines.slice(0, LINES_SHOWN).map(({ productId, productName, quantity, unitPrice }) => {
    const name = productName.replace(/[\\`*_[\]<>#|~!]/g, '\\$&');
    return `- ${quantity} × ${name} (product ${productId}) at ${unitPrice} ${currency}`;
  });
  const left = lines.length - shown.length;
  return [...shown, ...(left > 0 ? [`- and ${left} more`] : [])].join('\n');
}
