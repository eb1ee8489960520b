import type { Performed } from './perform.js';
import type { World } from './world.js';

/** How long an order that waited for a killed worker rested after that was back. */
export interface Recovery {
  fault: string;
  process: string;
  orderId: string;
  /** What it went on with. */
  step: string;
  afterMs: number;
}

/** Whose step it was, as the timeline names it. Of the order worker any order went on with a step of whoever. */
const SERVICE_OF: Record<string, string> = {
  'inventory-worker': 'inventory-service',
  'payment-worker': 'payment-service',
  'delivery-worker': 'delivery-service',
};

/** Reported by the carrier in its own time, not waited for by anything that a death could hold up. */
const CARRIERS_OWN = ['in-transit', 'delivered', 'returned'];

interface Entry {
  orderId: string;
  service: string;
  step: string;
  at: Date;
}

/** Of the orders that were under way when a worker of the Saga died: the first step that each did after its return. */
export async function recoveriesAfter(
  world: World,
  { fault, name, struckAt, endedAt }: Performed,
): Promise<Recovery[]> {
  if (fault.kind !== 'crash' && fault.kind !== 'kill') return [];
  const { process } = fault;
  if (process !== 'order-worker' && SERVICE_OF[process] === undefined) return [];
  const entries = await world.query<Entry>(
    'ORDER',
    `SELECT order_id AS "orderId", service, step, timeline_entries.at
     FROM timeline_entries JOIN orders ON orders.id = order_id
     WHERE orders.created_at <= $1 AND orders.updated_at > $1 AND timeline_entries.at > $1
     ORDER BY order_id, number`,
    [new Date(struckAt)],
  );
  const firstOf = new Map<string, Entry>();
  for (const entry of entries) if (!firstOf.has(entry.orderId)) firstOf.set(entry.orderId, entry);
  return [...firstOf.values()]
    .filter(({ service, step }) => service === (SERVICE_OF[process] ?? service) && !CARRIERS_OWN.includes(step))
    .filter(({ at }) => at.getTime() > endedAt)
    .map(({ orderId, step, at }) => ({ fault: name, process, orderId, step, afterMs: at.getTime() - endedAt }));
}

export function maxAndMedian(numbers: readonly number[]): { max: number; p50: number } {
  const sorted = [...numbers].sort((a, b) => a - b);
  return { max: sorted.at(-1) ?? 0, p50: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0 };
}

/** Times in milliseconds, by process. */
export function byWorker(recoveries: readonly Recovery[]): Map<string, { orders: number; max: number; p50: number }> {
  const workers = [...new Set(recoveries.map(({ process }) => process))];
  return new Map(
    workers.map((worker) => {
      const times = recoveries.filter(({ process }) => process === worker).map(({ afterMs }) => afterMs);
      return [worker, { orders: times.length, ...maxAndMedian(times) }];
    }),
  );
}
