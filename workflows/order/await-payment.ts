import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { ChargeAnswer, PendingCharge } from '../../contracts/activities/payment-activities.js';
import type { PendingPayment } from '../../contracts/http/orders.js';
import { showInSearch } from './operator-view.js';
import type { Saga } from './saga.js';
import { chargeRequestOf } from './capture-payment.js';
import { stepEntry } from './step-outcome.js';

/** What orders asked by that were started before their input said it. */
const EARLIER_ASKED_EVERY_MS = 10_000;

/** The provider is asked once more so long before the end: what was paid by then is not sent back. */
const LAST_LOOK_MS = 10_000;

/**
 * Charges, and where the provider says that this is decided later, waits with the stock held, until `until` at the longest.
 * News of it come as a signal, which may be lost: so the provider is asked every few minutes at first, the more seldom the longer
 * it has taken. It is asked by the same activity, which charges once.
 */
export async function chargeUntilDecided(saga: Saga, until: number): Promise<ChargeAnswer> {
  const { input, services, payment, attention, details, earlierRuns } = saga;
  const askedEveryMs = input.paymentAskedEveryMs ?? EARLIER_ASKED_EVERY_MS;
  const beganAt = until - input.paymentWindowMs;
  const look = () => services.chargePaymentUntil(until, chargeRequestOf(input));
  let isFirst = true;
  try {
    for (;;) {
      const heard = payment.news;
      const { retries } = attention;
      // Before the first look the step itself has asked whether an earlier run was told that it is settled.
      const answer = await (isFirst ? look() : earlierRuns.unlessSettled('charge-payment', look));
      if (!isPending(answer)) return answer;

      isFirst = false;
      await showPending(saga, pendingPayment(answer.pending, until));
      const now = Date.now();
      const nextLook = now + Math.max(askedEveryMs, (now - beganAt) / 10);
      const next = Math.min(nextLook, now < until - LAST_LOOK_MS ? until - LAST_LOOK_MS : until);
      await condition(() => payment.news > heard || attention.retries > retries, Math.max(next - now, 1));
      if (Date.now() >= until) throw ApplicationFailure.retryable('was not paid in its window', 'NotPaid');
    }
  } finally {
    if (!isFirst) details.phase('');
  }
}

/** False also for what an operator completed it with, whatever that is. */
function isPending(answer: ChargeAnswer | null | undefined): answer is { pending: PendingCharge } {
  const pending: unknown = (answer as { pending?: unknown } | null | undefined)?.pending;
  return typeof pending === 'object' && pending !== null;
}

/** Of what a provider says only what can be shown: what nobody can read must not stop the order. */
function pendingPayment({ nextAction, expiresAt }: PendingCharge, until: number): PendingPayment {
  const providersEnd = Date.parse(expiresAt ?? '');
  const isShown = /^https?:/.test(nextAction?.url ?? '');
  return {
    status: nextAction ? 'ACTION_REQUIRED' : 'PROCESSING',
    ...(nextAction && isShown && { nextAction: { type: 'redirect', url: nextAction.url } }),
    expiresAt: new Date(Number.isNaN(providersEnd) ? until : Math.min(until, providersEnd)).toISOString(),
  };
}

/** Written down where it is new; an operator who was asked, because the provider gave no answer, is no longer. */
async function showPending({ journal, attention, details, payment }: Saga, pending: PendingPayment): Promise<void> {
  details.ends('charge-payment');
  details.phase(`Waits to be paid: ${pending.status}, until ${pending.expiresAt}.`);
  const isKnown = JSON.stringify(journal.order.payment) === JSON.stringify(pending);
  if (isKnown && !journal.order.needsAttention) return;

  attention.clear('charge-payment');
  const entry = stepEntry('charge-payment', 'asked', 1, 'not paid yet');
  payment.timesShown += 1;
  await journal.record({ payment: pending }, { ...entry, key: `payment-pending-${payment.timesShown}` });
  showInSearch(journal.order, null);
}
