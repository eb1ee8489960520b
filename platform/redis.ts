import { Redis } from 'ioredis';
import type { Logger } from './logger.js';

export interface RedisSettings {
  url: string;
  logger: Logger;
  /** Each command fails after this; default 1000 ms. */
  commandTimeoutMs?: number;
}

/**
 * Connects in the background and again after each loss, and logs what it waits for. While it is not connected each
 * command fails at once instead of queueing, so that no caller hangs.
 */
export function createRedis({ url, logger, commandTimeoutMs = 1000 }: RedisSettings): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
    // A connection without an answer for so long is dead, though nobody closed it: only a new one can be well.
    socketTimeout: 4 * commandTimeoutMs,
    connectTimeout: 2000,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1000),
  });
  const address = `${new URL(url).hostname}:${new URL(url).port || '6379'}`;
  let waiting = false;
  redis.on('error', (error: Error) => {
    if (!waiting) logger.warn({ address, reason: error.message }, 'waiting for Redis');
    waiting = true;
  });
  redis.on('ready', () => {
    if (waiting) logger.info({ address }, 'Redis is there');
    waiting = false;
  });
  return redis;
}
