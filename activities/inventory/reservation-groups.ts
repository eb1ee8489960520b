import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';
import { refusalByDatabase } from '../../platform/database/unavailable.js';
import type { ReserveOutcome } from '../../services/inventory/domain/reservation.js';
import type { StockStore } from '../../services/inventory/stock-store.js';
import type { StockLock } from './stock-lock.js';

/** More than an inventory worker has steps at once; it bounds what one transaction writes and how long it holds the row. */
export const MOST_IN_A_GROUP = 50;

type Outcomes = ReadonlyMap<string, Promise<ReserveOutcome>>;

interface Group {
  /** By order, in order of arrival. */
  requests: Map<string, StockRequest>;
  outcomes: Promise<Outcomes>;
}

/**
 * Group commit: orders of one product alone that wait for its lock in this process at the same time are reserved together, under one
 * lock and by one statement, each granted or refused for itself. While a group is written the next one gathers and stands in line
 * for the lock, so other processes have their turns as before. Nobody waits for a group to fill: who comes alone goes alone.
 *
 * Throws what the lock throws, or the database: all of a group then have failed, and each is tried again for itself. The lock's time
 * counts from the first one of a group, so who joined later has failed sooner. An order that joins twice is one, and shares its outcome.
 */
export function createReservationGroups(
  stock: StockStore,
  withStockLock: StockLock,
): (request: StockRequest) => Promise<ReserveOutcome> {
  const gathering = new Map<number, Group>();

  const begin = (productId: number, first: StockRequest): Group => {
    const requests = new Map([[first.orderId, first]]);
    const close = () => {
      if (gathering.get(productId) === group) gathering.delete(productId);
    };
    const outcomes = withStockLock(first.lines, async () => {
      close();
      return underCrashPoints(() => writeGroup(stock, productId, requests));
    }).finally(close);
    const group = { requests, outcomes };
    gathering.set(productId, group);
    return group;
  };

  return async (request) => {
    const { orderId, lines } = request;
    const [line, ...others] = lines;
    if (line === undefined || others.length > 0)
      return withStockLock(lines, () => underCrashPoints(() => stock.reserve(request)));
    let group = gathering.get(line.productId);
    if (group === undefined || group.requests.size >= MOST_IN_A_GROUP) group = begin(line.productId, request);
    else group.requests.set(orderId, group.requests.get(orderId) ?? request);
    const outcome = (await group.outcomes).get(orderId);
    if (outcome === undefined) throw new Error(`nothing was decided about order ${orderId}`);
    return outcome;
  };
}

async function underCrashPoints<T>(write: () => Promise<T>): Promise<T> {
  crashPoint('reserve: before');
  const done = await write();
  crashPoint('reserve: written');
  return done;
}

/** What is wrong with one order must not fail the others: then they are asked for one by one, in the same order. */
async function writeGroup(
  stock: StockStore,
  productId: number,
  requests: ReadonlyMap<string, StockRequest>,
): Promise<Outcomes> {
  if (requests.size > 1) {
    try {
      const wanted = [...requests.values()].map(({ orderId, lines }) => [orderId, lines[0]?.quantity ?? 0] as const);
      const outcomes = await stock.reserveTogether(productId, new Map(wanted));
      return new Map([...outcomes].map(([orderId, outcome]) => [orderId, Promise.resolve(outcome)]));
    } catch (error) {
      if (refusalByDatabase(error) === undefined) throw error;
    }
  }
  const outcomes = new Map<string, Promise<ReserveOutcome>>();
  for (const [orderId, request] of requests) {
    const outcome = stock.reserve(request);
    outcomes.set(orderId, outcome);
    await outcome.catch(() => undefined);
  }
  return outcomes;
}
