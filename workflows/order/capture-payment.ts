import { CancellationScope, condition, patched } from '@temporalio/workflow';
import type { OrderPatch } from '../../contracts/activities/order-activities.js';
import type { ChargeRequest } from '../../contracts/activities/payment-activities.js';
import type { OrderSagaInput } from '../../contracts/order-saga.js';
import { stopIfCancelled } from './cancellation.js';
import { PATCHES } from './patches.js';
import type { Saga } from './saga.js';
import { chargeOf, refundOf } from './step-activities.js';

/** Whether the order's money is taken when its parcel is handed over, by what it was started with. */
const isTakenLater = ({ paymentCapture }: OrderSagaInput) => paymentCapture === 'at_hand_over';

/** How it is charged: it may be told to hold the money only. */
export function chargeRequestOf(input: OrderSagaInput): ChargeRequest {
  return { ...chargeOf(input), ...(isTakenLater(input) && { capture: false }) };
}

/** Not where an operator has settled the charge: what is held all the same must not be taken, too. */
function isToBeTaken({ input, payment, journal }: Saga): boolean {
  const isHeld = journal.order.payment?.status === 'HELD';
  return isTakenLater(input) && !payment.isTaken && (isHeld || !journal.settledBefore.includes('charge-payment'));
}

/**
 * Takes what was held, once the carrier has the parcel: not before, so that whatever ends the order until then only lets go
 * of it. Asked also where the charge was not held: the payment service knows whether there is anything to take.
 * A refusal ends nothing by itself, since the goods are gone: an operator is asked, as for any step that fails.
 */
export async function takeHeldPayment(saga: Saga): Promise<void> {
  const { input, services, payment, step } = saga;
  if (!isToBeTaken(saga) || !patched(PATCHES.takesHeldPayment)) return;
  await step(
    'capture-payment',
    () => services.capturePayment(refundOf(input.order)),
    // Whoever settled it has the money another way: a reconciliation lets go of what is held.
    (result) => (result?.captured === true ? { payment: { status: 'CAPTURED' } } : {}),
  );
  payment.isTaken = true;
}

/** The same while the parcel is on its way: what has not been taken when it comes back is not asked for any longer. */
export async function takeHeldPaymentUnlessReturned(saga: Saga): Promise<void> {
  if (!isToBeTaken(saga)) return;
  const { carrier } = saga;
  const taking = new CancellationScope();
  const watching = new CancellationScope();
  const comesBack = watching.run(() => condition(() => carrier.end === 'returned'));
  void comesBack.then(
    () => taking.cancel(),
    () => undefined,
  );
  try {
    await taking.run(() => takeHeldPayment(saga));
  } catch (error) {
    // Also an attempt that failed, or was not heard of in time, after it was called off.
    if (!taking.consideredCancelled) throw error;
  } finally {
    watching.cancel();
  }
  // The order itself may be called off.
  stopIfCancelled();
}

/** What a charge's answer says of a hold, for the row; of what an operator completed it with only what can be shown. */
export function holdIn(answer: unknown): { payment?: OrderPatch['payment']; detail?: string } {
  const held = (answer as { held?: { expiresAt?: unknown } | null } | null | undefined)?.held;
  if (typeof held !== 'object' || held === null) return {};
  const expiresAt = Date.parse(String(held.expiresAt));
  return {
    payment: { status: 'HELD', ...(!Number.isNaN(expiresAt) && { expiresAt: new Date(expiresAt).toISOString() }) },
    detail: 'held',
  };
}
