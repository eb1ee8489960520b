import type { Order, ShownState } from '../../contracts/http/orders.js';
import type { PrismaClient } from './prisma/generated/client.js';
import { placedOrder } from './order-identity.js';
import { Client } from 'pg';
import type { Logger } from '../../platform/logger.js';
import { startLoop, type Loop } from '../../platform/loop.js';
import { isFinal } from '../../contracts/order-status.js';

/** The PostgreSQL channel that tells which order has a new status: the order's id. */
export const STATUS_CHANGED = 'order_status_changed';

/** An order as it was when it reached a status; `number` counts them from 1. */
export interface StatusChange {
  number: number;
  order: Order;
}

export interface StatusChangeReader {
  /** All of the order's, in their order. What never changes is taken from `order`. */
  of(order: Order): Promise<StatusChange[]>;
}

export function createStatusChangeReader(prisma: PrismaClient): StatusChangeReader {
  return {
    of: async (order) => {
      const rows = await prisma.statusChange.findMany({ where: { orderId: order.id }, orderBy: { number: 'asc' } });
      return rows.map(({ number, shown }) => ({
        number,
        order: { ...placedOrder(order), ...(shown as unknown as ShownState) },
      }));
    },
  };
}

export interface StatusListener {
  /** Calls `wake` whenever the order may have a new status, until the answer is called. */
  listenFor(orderId: string, wake: () => void): () => void;
  stop(): Promise<void>;
}

interface StatusListenerSettings {
  databaseUrl: string;
  /** Shown in pg_stat_activity. */
  service: string;
  logger: Logger;
}

/** A connection that is dead without having been closed is found out by then. */
const checkEveryMs = 15_000;

/**
 * One connection for all who wait in this process. What was told while it was lost is not told again, so everybody is
 * woken when there is a new one.
 */
export function startStatusListener({ databaseUrl, service, logger }: StatusListenerSettings): StatusListener {
  const waiting = new Map<string, Set<() => void>>();
  const wake = (orderId: string): void => {
    for (const one of waiting.get(orderId) ?? []) one();
  };

  const listen = async (loop: Loop): Promise<void> => {
    const client = new Client({
      connectionString: databaseUrl,
      application_name: `${service} status listener`,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    let lose: (error: Error) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => (lose = reject));
    lost.catch(() => undefined);
    client.on('error', lose);
    client.on('end', () => lose(new Error('the connection was closed')));
    client.on('notification', ({ payload }) => wake(payload ?? ''));
    let check: NodeJS.Timeout | undefined;
    try {
      await client.connect();
      await client.query(`LISTEN ${STATUS_CHANGED}`);
      loop.works();
      for (const orderId of waiting.keys()) wake(orderId);
      check = setInterval(() => void client.query('SELECT 1').catch(lose), checkEveryMs);
      await Promise.race([lost, loop.stopRequested]);
    } finally {
      clearInterval(check);
      await client.end().catch(() => undefined);
    }
  };
  const running = startLoop({ name: 'status listener', logger }, listen);

  return {
    listenFor: (orderId, callback) => {
      const callbacks = waiting.get(orderId) ?? new Set();
      waiting.set(orderId, callbacks.add(callback));
      return () => {
        callbacks.delete(callback);
        if (callbacks.size === 0 && waiting.get(orderId) === callbacks) waiting.delete(orderId);
      };
    },
    stop: () => running.stop(),
  };
}

interface Watched {
  /** As it was read just now. */
  order: Order;
  /** The number of the last change that the watcher knows; undefined: none. */
  seen: number | undefined;
  /** Aborted when nobody watches any more. */
  signal: AbortSignal;
}

/**
 * The order as it is, then each of its changes of status: none left out, none twice, in their order, up to the final
 * one. A watcher who knows some gets those that came later instead.
 */
export async function* watchOrder(
  { changes, listener }: { changes: StatusChangeReader; listener: StatusListener },
  { order, seen, signal }: Watched,
): AsyncGenerator<StatusChange, void> {
  const news = startNews(signal);
  // Before the first look, or what happens in between is missed.
  const stopListening = listener.listenFor(order.id, news.tell);
  try {
    const known = await changes.of(order);
    let last = known.at(-1) ?? { number: 0, order };
    if (seen === undefined || seen > last.number) yield isCurrent(order, last) ? { ...last, order } : last;
    else yield* known.filter(({ number }) => number > seen);

    while (!isFinal(last.order.status)) {
      await news.come();
      if (signal.aborted) return;
      const later = (await changes.of(order)).filter(({ number }) => number > last.number);
      yield* later;
      last = later.at(-1) ?? last;
    }
  } finally {
    stopListening();
  }
}

/** The row says more than its last change: whether it needs attention now. Unless it is older. */
const isCurrent = (order: Order, last: StatusChange): boolean => order.status === last.order.status;

function startNews(signal: AbortSignal): { tell: () => void; come: () => Promise<void> } {
  let there = false;
  let wake = (): void => undefined;
  const tell = (): void => {
    there = true;
    wake();
  };
  if (signal.aborted) tell();
  signal.addEventListener('abort', tell, { once: true });
  return {
    tell,
    come: async () => {
      if (!there) await new Promise<void>((resolve) => (wake = resolve));
      there = false;
    },
  };
}
