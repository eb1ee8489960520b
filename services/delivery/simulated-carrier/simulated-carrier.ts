import type { CarrierEvent } from '../../../contracts/http/deliveries.js';
import { createReportPoster } from '../../../platform/post-report.js';
import { signMessage } from '../../../platform/signed-message.js';
import { randomUUID } from 'node:crypto';
import type { Booked, Carrier } from '../carrier.js';
import { behaviourAt, isDelivered, nextReport, planOf } from './plan.js';
import type { ShipmentBook } from './shipment-book.js';

export interface CarrierReport {
  deliveryId: string;
  status: CarrierEvent;
  /** RFC 3339 UTC. */
  at: string;
}

/** `failed`: again later. */
export type ReportAnswer = { outcome: 'taken' } | { outcome: 'failed'; reason: string };

/** Never rejects. */
export type SendReport = (report: CarrierReport, stopped: AbortSignal) => Promise<ReportAnswer>;

interface SendReportSettings {
  /** Instances of the delivery service; each report goes to the next one. */
  urls: readonly string[];
  key: string;
  kid: string;
  timeoutMs?: number;
}

/** Posts a signed report to the delivery service, as a carrier from outside would. */
export function createReportSender({ urls, key, kid, timeoutMs = 3_000 }: SendReportSettings): SendReport {
  const headersOf = (body: string) => ({
    'content-type': 'application/json',
    'x-carrier-signature': signMessage({ body, key, kid, at: new Date() }),
  });
  const post = createReportPoster({ urls, headersOf, takenAs: 202, timeoutMs });
  return async (report, stopped) => {
    const path = `/deliveries/${encodeURIComponent(report.deliveryId)}/events`;
    const reason = await post(path, JSON.stringify(report), stopped);
    return reason === undefined ? { outcome: 'taken' } : { outcome: 'failed', reason };
  };
}

interface SimulatedCarrierSettings {
  book: ShipmentBook;
  /** From a booking to its last report, milliseconds. */
  delayMs: number;
  /** Called when a booking was made that has reports to come, with when the first one is due. */
  onBooked: (firstAt: Date) => void;
}

export const SIMULATED_CARRIER = 'Simulated Carrier';

/** A carrier with a book of its own, idempotent by reference as a real one. */
export function createSimulatedCarrier({ book, delayMs, onBooked }: SimulatedCarrierSettings): Carrier {
  return {
    book: async ({ reference, address }) => {
      const behaviour = behaviourAt(address.postalCode);
      if (behaviour.outcome === 'refused') return behaviour;
      const plan = planOf(behaviour.reports, new Date(), delayMs);
      const next = nextReport(plan);
      const shipment = { reference, trackingNumber: newTrackingNumber(), plan, calledOff: false };
      const firstAt = next && new Date(next.at);
      if (await book.enter(shipment, firstAt ?? null)) {
        if (firstAt) onBooked(firstAt);
        return { outcome: 'booked', ...asBooked(shipment) };
      }
      const known = await book.find(reference);
      if (known === undefined) throw new Error(`shipment ${reference} is in the book and is not`);
      return known.calledOff ? { outcome: 'called-off' } : { outcome: 'booked', ...asBooked(known) };
    },

    cancel: async ({ reference }) => {
      const mark = { reference, trackingNumber: newTrackingNumber(), plan: [], calledOff: true };
      if (await book.enter(mark, null)) return { outcome: 'called-off' };
      const known = await book.find(reference);
      if (known !== undefined && !known.calledOff && isDelivered(known.plan, new Date()))
        return { outcome: 'already-delivered', ...asBooked(known) };
      await book.markCalledOff(reference);
      return { outcome: 'called-off' };
    },
  };
}

function asBooked({ trackingNumber }: { trackingNumber: string }): Booked {
  return { carrier: SIMULATED_CARRIER, trackingNumber };
}

const newTrackingNumber = () => `SIM${randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase()}`;
