import { endStateOf, isPaid, isSold } from '../../../docs/made-from-code/end-states.js';
import { isFinal } from '../../../contracts/order-status.js';
import type { InTheBooks } from '../books.js';
import type { CalledOff } from './call-off.js';

/** Nothing more will happen to it, and its customer has been told of all that has. */
export function isOver({ status, mails, toBeTold, unsent }: InTheBooks): boolean {
  return isFinal(status) && unsent === 0 && mails.length >= toBeTold.length;
}

/** What is not as it must be, with the order's id and plan; nothing, mostly. */
export function mistakes({ orderId, plan, answer }: CalledOff, left: InTheBooks, mailsInBox: number): string[] {
  const state = endStateOf(left);
  const owed = state && isPaid(state) ? left.total : 0;
  const found = [
    state === undefined && 'its end is no row of the table',
    (left.status === 'COMPLETED') !== (left.reason === undefined) && 'status and reason do not fit',
    (left.net.ours !== owed || left.net.theProviders !== owed) && `${owed} should have been paid`,
    mailsInBox !== left.mails.length && `${mailsInBox} mails came`,
    answerIsTrue(answer.status, left) || `a cancellation was answered ${answer.status}`,
  ].filter((one) => one !== false && one !== true);
  return found.map((what) => `${orderId}: ${what}: ${JSON.stringify({ ...left, plan })}`);
}

function answerIsTrue(status: number, { status: end, reason }: InTheBooks): boolean {
  switch (status) {
    case 200:
      return end === 'CANCELLED';
    case 202: // On its way, and the carrier may still say no.
      return true;
    case 409:
      return reason !== 'CUSTOMER_REQUEST' && reason !== 'OPERATOR_REQUEST';
    default:
      return false;
  }
}

/** How many units of what was ordered have left the stock. */
export function soldBy({ plan }: CalledOff, left: InTheBooks): number {
  return isSold(left) ? (plan.wish.quantity ?? 1) : 0;
}
