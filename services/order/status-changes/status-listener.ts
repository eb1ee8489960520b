import { Client } from 'pg';

import type { Logger } from '../../../platform/logger.js';
import { startLoop, type Loop } from '../../../platform/loop.js';
import { STATUS_CHANGED } from './channel.js';

export interface StatusListener {
  /** Calls `wake` whenever the order may have a new status, until the answer is called. */
  listenFor(orderId: string, wake: () => void): () => void;
  stop(): Promise<void>;
}

export interface StatusListenerSettings {
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
