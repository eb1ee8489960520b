import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import type { Logger } from '../../../platform/logger.js';
import { nextReport, pauseAfter, type PlannedReport } from './plan.js';
import type { SendReport } from './simulated-carrier.js';
import type { DueShipment, ShipmentBook } from './shipment-book.js';

/** Wakes one sleeper: at its own time, or at an earlier one that somebody names, who is heard by the next one where nobody sleeps. */
interface Alarm {
  ringAt(time: Date): void;
  sleepUntil(time: Date): Promise<void>;
}

export function createAlarm(): Alarm {
  let named: Date | undefined;
  let setOff: ((time: Date) => void) | undefined;
  return {
    ringAt: (time) => {
      if (named !== undefined && named <= time) return;
      named = time;
      setOff?.(time);
    },
    sleepUntil: async (time) => {
      await new Promise<void>((resolve) => {
        let wakesAt = Infinity;
        let timer: NodeJS.Timeout | undefined;
        setOff = (at) => {
          if (at.getTime() >= wakesAt) return;
          wakesAt = at.getTime();
          clearTimeout(timer);
          // A timer may be early by a millisecond, and nothing be due yet.
          timer = setTimeout(resolve, Math.max(wakesAt - Date.now() + 1, 1));
        };
        setOff(time);
        if (named !== undefined) setOff(named);
      });
      setOff = undefined;
      named = undefined;
    },
  };
}

export interface CarrierClock {
  /** A booking was made, of which there is something to report then. */
  wake(at?: Date): void;
  /** Lets go of what is being sent: it is sent again when its claim has run out. */
  stop(): Promise<void>;
}

interface CarrierClockSettings {
  book: ShipmentBook;
  send: SendReport;
  logger: Logger;
}

/** Reports that are sent at once. */
const MOST_AT_ONCE = 20;
/** Longer than a report may take; past it another process takes the shipment over. */
const CLAIM_MS = 10_000;
/** How soon the bookings of a process that died are noticed here. */
const LOOK_AGAIN_MS = 5_000;
const DATABASE_PAUSE_MS = 1_000;

/**
 * Makes the simulated carrier's reports when they are due, in each process that runs it. A report is taken out of the
 * plan only once the delivery service has it; dying in between makes it come twice.
 */
export function startCarrierClock({ book, send, logger }: CarrierClockSettings): CarrierClock {
  const alarm = createAlarm();
  const stopped = new AbortController();
  const sending = new Set<Promise<void>>();

  /** Returns when its next report is due; undefined: none is, or its claim says when to try again. */
  const report = async (due: DueShipment): Promise<Date | undefined> => {
    const settle = async (plan: readonly PlannedReport[], nextAt: Date | undefined) => {
      await book.settle(due, [...plan], nextAt ?? null);
      return nextAt;
    };
    const next = nextReport(due.plan);
    if (next === undefined) return settle(due.plan, undefined);
    const deliveryId = due.reference;
    crashPoint('carrier: before reporting');
    const answer = await send({ deliveryId, status: next.status, at: next.at }, stopped.signal);
    switch (answer.outcome) {
      case 'taken': {
        crashPoint('carrier: reported');
        const plan = replace(due.plan, next, { ...next, taken: true });
        const following = nextReport(plan);
        return settle(plan, following && new Date(following.at));
      }
      case 'failed': {
        if (stopped.signal.aborted) return undefined;
        const failures = next.failures + 1;
        logger.warn(
          { deliveryId, status: next.status, failures, reason: answer.reason },
          'carrier report not taken yet',
        );
        return settle(replace(due.plan, next, { ...next, failures }), new Date(Date.now() + pauseAfter(failures)));
      }
    }
  };

  const start = (due: DueShipment): void => {
    const work = report(due)
      .catch((error: unknown) => {
        logger.warn({ err: error, deliveryId: due.reference }, 'carrier report left to its claim');
        return undefined;
      })
      .then((nextAt) => {
        const hadPlaces = sending.size < MOST_AT_ONCE;
        sending.delete(work);
        // With no place free, others may have waited for this one.
        const lookAt = hadPlaces ? nextAt : new Date();
        if (lookAt) alarm.ringAt(lookAt);
      });
    sending.add(work);
  };

  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      let wakeAt = new Date(Date.now() + LOOK_AGAIN_MS);
      try {
        const now = new Date();
        const free = MOST_AT_ONCE - sending.size;
        // With no place free, the next report that ends rings.
        if (free > 0) {
          const { due, nextDueAt } = await book.claimDue(now, new Date(now.getTime() + CLAIM_MS), free);
          due.forEach(start);
          if (nextDueAt !== undefined && nextDueAt < wakeAt) wakeAt = nextDueAt;
        }
      } catch (error) {
        logger.warn({ err: error }, 'the simulated carrier can not read its book');
        wakeAt = new Date(Date.now() + DATABASE_PAUSE_MS);
      }
      await alarm.sleepUntil(wakeAt);
    }
  };

  const running = run();
  return {
    wake: (at = new Date()) => alarm.ringAt(at),
    stop: async () => {
      stopped.abort();
      alarm.ringAt(new Date());
      await running;
      await Promise.all(sending);
    },
  };
}

function replace(plan: readonly PlannedReport[], old: PlannedReport, by: PlannedReport): PlannedReport[] {
  return plan.map((report) => (report === old ? by : report));
}
