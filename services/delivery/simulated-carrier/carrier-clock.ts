import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import type { Logger } from '../../../platform/logger.js';
import { nextReport, pauseAfter, type PlannedReport } from './plan.js';
import type { SendReport } from './simulated-carrier.js';
import type { DueShipment, ShipmentBook } from './shipment-book.js';

/** Wakes one sleeper: at a time, or when somebody rings. A ring while nobody sleeps is kept for the next one who does. */
interface Alarm {
  ring(): void;
  sleepUntil(time: Date): Promise<void>;
}

export function createAlarm(): Alarm {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    sleepUntil: async (time) => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.max(time.getTime() - Date.now(), 1));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      rung = false;
    },
  };
}

export interface CarrierClock {
  /** A booking was made. */
  wake(): void;
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

  const report = async (due: DueShipment): Promise<void> => {
    const next = nextReport(due.plan);
    if (next === undefined) {
      await book.settle(due, due.plan, null);
      return;
    }
    const deliveryId = due.reference;
    crashPoint('carrier: before reporting');
    const answer = await send({ deliveryId, status: next.status, at: next.at }, stopped.signal);
    switch (answer.outcome) {
      case 'taken': {
        crashPoint('carrier: reported');
        const plan = replace(due.plan, next, { ...next, taken: true });
        const following = nextReport(plan);
        await book.settle(due, plan, following === undefined ? null : new Date(following.at));
        return;
      }
      case 'failed': {
        if (stopped.signal.aborted) return;
        const failures = next.failures + 1;
        logger.warn(
          { deliveryId, status: next.status, failures, reason: answer.reason },
          'carrier report not taken yet',
        );
        const plan = replace(due.plan, next, { ...next, failures });
        await book.settle(due, plan, new Date(Date.now() + pauseAfter(failures)));
        return;
      }
    }
  };

  const start = (due: DueShipment): void => {
    const work = report(due)
      .catch((error: unknown) =>
        logger.warn({ err: error, deliveryId: due.reference }, 'carrier report left to its claim'),
      )
      .finally(() => {
        sending.delete(work);
        alarm.ring();
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
    wake: () => alarm.ring(),
    stop: async () => {
      stopped.abort();
      alarm.ring();
      await running;
      await Promise.all(sending);
    },
  };
}

function replace(plan: readonly PlannedReport[], old: PlannedReport, by: PlannedReport): PlannedReport[] {
  return plan.map((report) => (report === old ? by : report));
}
