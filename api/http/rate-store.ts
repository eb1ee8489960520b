import { createHash } from 'node:crypto';
import { MemoryStore } from 'express-rate-limit';
import type { Store } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { RedisStore } from 'rate-limit-redis';
import type { RedisReply } from 'rate-limit-redis';

/**
 * Counters in Redis; while it is away each process counts for itself. The store loads its scripts once, at the start, and would
 * fail for ever if Redis was away at that moment; a script's name is its SHA-1, so it is told that, and loads the script when
 * Redis says that it has none.
 */
export function createRateStore(redis: Redis, prefix: string): Store {
  const shared = new RedisStore({
    prefix,
    sendCommand: async (command: string, ...args: string[]) => {
      try {
        return (await redis.call(command, ...args)) as RedisReply;
      } catch (error) {
        const [subcommand, script] = args;
        if (command !== 'SCRIPT' || subcommand !== 'LOAD' || script === undefined) throw error;
        return createHash('sha1').update(script).digest('hex');
      }
    },
  });
  const local = new MemoryStore();
  return {
    prefix,
    init: (options) => {
      void shared.init(options);
      local.init(options);
    },
    increment: (key) => shared.increment(key).catch(() => local.increment(key)),
    decrement: (key) => shared.decrement(key).catch(() => local.decrement(key)),
    resetKey: (key) => shared.resetKey(key).catch(() => local.resetKey(key)),
  };
}
