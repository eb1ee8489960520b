import { condition, patched, sleep } from '@temporalio/workflow';
import { DELIVERY_ASKED_EVERY_MS } from '../../contracts/order-saga.js';
import { takeHeldPaymentUnlessReturned } from './capture-payment.js';
import type { CarrierEnd } from './carrier-reports.js';
import { stopIfCancelled } from './cancellation.js';
import { PATCHES } from './patches.js';
import type { Saga } from './saga.js';
import { showInSearch } from './operator-view.js';
import { SETTLED_DETAIL } from '../../contracts/timeline.js';
import { eventEntry } from './step-outcome.js';

const SILENT = { reason: 'SILENT', error: 'CarrierSilent' } as const;
const ANSWERS = { done: 'the carrier was heard of', settled: SETTLED_DETAIL };

/**
 * Waits for the carrier, for days if need be. A report comes as a signal, which may be lost: so the delivery service is
 * asked for all reports at the start, on `retry`, every few hours, and when the carrier has said nothing for too long.
 * If it still has not, an operator is asked, until it says something after all, or the operator lets the order wait for
 * as long again, or knows that it is delivered.
 */
export async function awaitDelivery(saga: Saga): Promise<CarrierEnd> {
  const { input, carrier, attention, services, journal, details } = saga;
  const askedEveryMs = input.deliveryAskedEveryMs ?? DELIVERY_ASKED_EVERY_MS;
  let quietSince = Date.now();
  let readAt = carrier.wereRead ? Date.now() : 0;
  // What came just before, when nothing waited for it, is for this.
  let retries = attention.heededRetries;
  let heard = 0;
  let silences = 0;
  let inTransitIsWritten = false;
  let alarm: Promise<void> | undefined;
  const theCarrierHasNews = () => carrier.reports > heard;
  const itIsSilentTooLong = () => Date.now() - quietSince >= input.carrierSilenceMs;
  const anOperatorWantsItTried = () => attention.retries > retries;
  const itIsTimeToAsk = () => Date.now() - readAt >= askedEveryMs || itIsSilentTooLong() || anOperatorWantsItTried();

  /** Not heard out where the carrier says something meanwhile, and not answered is as if nothing was said. */
  const askForReports = async () => {
    readAt = Date.now();
    ({ retries } = attention);
    if (!patched(PATCHES.asksForReports)) return;
    const asking = services.carrierReports({ orderId: input.order.id }).then(
      (reports) => carrier.read(reports),
      () => undefined,
    );
    await Promise.race([asking, condition(theCarrierHasNews)]);
    stopIfCancelled();
  };

  /** One timer, started anew only when it fires: a report costs no events, and an order that ends leaves it behind. */
  const ring = () => {
    const summary = 'then the delivery service is asked, and an operator, if the carrier has said nothing for too long';
    const next = Math.min(quietSince + input.carrierSilenceMs, readAt + askedEveryMs);
    alarm ??= sleep(next - Date.now(), { summary }).then(() => {
      alarm = undefined;
    });
    return alarm;
  };

  stopIfCancelled();
  // Before a reset it was.
  if (journal.order.status === 'COMPLETED' || journal.settledBefore.includes('await-delivery')) {
    carrier.settle();
    return 'delivered';
  }
  if (carrier.end === undefined) showInSearch(journal.order, null);
  for (;;) {
    details.phase(inTransitIsWritten ? IN_TRANSIT : 'Waits for the carrier to deliver it.');
    if (!theCarrierHasNews() && itIsTimeToAsk()) await askForReports();
    if (theCarrierHasNews()) {
      heard = carrier.reports;
      quietSince = Date.now();
      readAt = Date.now();
      if (carrier.inTransit && !inTransitIsWritten) {
        inTransitIsWritten = true;
        await journal.record({}, eventEntry('in-transit', 'delivery-service', 'done'));
        // Nothing is taken for what is on its way back.
        if (carrier.end !== 'returned') await takeHeldPaymentUnlessReturned(saga);
      }
      if (carrier.end !== undefined) return carrier.end;
    } else if (itIsSilentTooLong()) {
      silences += 1;
      const asked = { step: 'await-delivery', cause: SILENT, count: silences, answers: ANSWERS } as const;
      if ((await attention.untilCome(asked, theCarrierHasNews)) === 'settled') {
        carrier.settle();
        return 'delivered';
      }
      quietSince = Date.now();
    } else {
      await Promise.race([condition(() => theCarrierHasNews() || anOperatorWantsItTried()), ring()]);
    }
  }
}

const IN_TRANSIT = 'In transit: waits for the carrier to deliver it.';
