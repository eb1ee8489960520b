import { condition, sleep } from '@temporalio/workflow';
import type { CarrierEnd } from './carrier-news.js';
import { stopIfCalledOff } from './compensations.js';
import type { Saga } from './saga.js';
import { showInSearch } from './search-attributes.js';
import { eventEntry, stepEntry } from './timeline-entry.js';

const SILENT = { reason: 'SILENT', error: 'CarrierSilent' } as const;

/**
 * Waits for the carrier, for days if need be. When it has said nothing for too long an operator is asked, until it
 * says something after all, or the operator lets the order wait for as long again, or knows that it is delivered.
 */
export async function awaitDelivery(saga: Saga): Promise<CarrierEnd> {
  const { input, carrier, journal, details } = saga;
  let quietSince = Date.now();
  let heard = 0;
  let silences = 0;
  let inTransitIsWritten = false;
  let alarm: Promise<void> | undefined;
  const theCarrierHasNews = () => carrier.reports > heard;
  const itIsSilentTooLong = () => Date.now() - quietSince >= input.carrierSilenceMs;

  /** One timer, started anew only when it fires: a report costs no events, and an order that ends leaves it behind. */
  const ring = () => {
    const summary = 'then an operator is asked, if the carrier has said nothing';
    alarm ??= sleep(quietSince + input.carrierSilenceMs - Date.now(), { summary }).then(() => {
      alarm = undefined;
    });
    return alarm;
  };

  stopIfCalledOff();
  // Before a reset it was.
  if (journal.order.status === 'COMPLETED') return 'delivered';
  if (carrier.end === undefined) showInSearch(journal.order, null);
  for (;;) {
    details.phase(inTransitIsWritten ? IN_TRANSIT : 'Waits for the carrier to deliver it.');
    if (theCarrierHasNews()) {
      heard = carrier.reports;
      quietSince = Date.now();
      if (carrier.inTransit && !inTransitIsWritten) {
        inTransitIsWritten = true;
        await journal.record({}, eventEntry('in-transit', 'delivery-service', 'done'));
      }
      if (carrier.end !== undefined) return carrier.end;
    } else if (itIsSilentTooLong()) {
      silences += 1;
      if ((await askAnOperator(saga, silences, theCarrierHasNews)) === 'settled') return 'delivered';
      quietSince = Date.now();
    } else {
      await Promise.race([condition(theCarrierHasNews), ring()]);
    }
  }
}

const IN_TRANSIT = 'In transit: waits for the carrier to deliver it.';

async function askAnOperator(
  { attention, journal, details }: Saga,
  silences: number,
  theCarrierHasNews: () => boolean,
): Promise<'settled' | 'waits on'> {
  const step = 'await-delivery';
  const answers = { done: 'the carrier was heard of', retry: 'waits on', settled: 'settled by an operator' };
  details.begins(step, silences);
  try {
    await attention.ask(step, SILENT, silences);
    const { kind } = await attention.untilAnswered(step, () => condition(theCarrierHasNews));
    if (kind === 'failed') return 'waits on'; // Nothing in it can.
    attention.clear(step);
    await journal.record({}, { ...stepEntry(step, 'done', silences, answers[kind]), key: `${step}-${silences}` });
    return kind === 'settled' ? kind : 'waits on';
  } finally {
    attention.clear(step);
    details.ends(step);
  }
}
