import type { CarrierEvent } from '../../../contracts/http/deliveries.js';

/** One report that the simulated carrier makes. */
export interface PlannedReport {
  status: CarrierEvent;
  /** When it happens, RFC 3339 UTC. */
  at: string;
  /** The delivery service has it. */
  taken: boolean;
  /** How often it was sent in vain. */
  failures: number;
}

type Behaviour = { outcome: 'refused'; code: string } | { outcome: 'booked'; reports: readonly CarrierEvent[] };

/** The caller says by the postal code what the simulated carrier shall do, so that every path can be seen. */
const BEHAVIOURS: Record<string, Behaviour> = {
  '00000': { outcome: 'refused', code: 'address_not_served' },
  '99999': { outcome: 'booked', reports: ['in_transit', 'returned'] },
  '88888': { outcome: 'booked', reports: [] },
};

const USUAL: Behaviour = { outcome: 'booked', reports: ['in_transit', 'delivered'] };

export function behaviourAt(postalCode: string): Behaviour {
  return Object.hasOwn(BEHAVIOURS, postalCode) ? (BEHAVIOURS[postalCode] ?? USUAL) : USUAL;
}

/** The reports spread evenly, the last one `delayMs` after the booking. */
export function planOf(reports: readonly CarrierEvent[], bookedAt: Date, delayMs: number): PlannedReport[] {
  return reports.map((status, index) => ({
    status,
    at: new Date(bookedAt.getTime() + (delayMs * (index + 1)) / reports.length).toISOString(),
    taken: false,
    failures: 0,
  }));
}

/** The next report to make; undefined when the carrier has nothing more to say. */
export function nextReport(plan: readonly PlannedReport[]): PlannedReport | undefined {
  return plan.find(({ taken }) => !taken);
}

/** Whether the goods have reached the customer, told or not. */
export function isDelivered(plan: readonly PlannedReport[], now: Date): boolean {
  return plan.some(({ status, at }) => status === 'delivered' && new Date(at) <= now);
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** How long to wait before a report that failed this often is sent again. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(failures - 1, 0), LONGEST_PAUSE_MS);
}
