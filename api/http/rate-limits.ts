import { createHash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, MemoryStore, type Store } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Logger } from '../../platform/logger.js';
import { ProblemError } from './problem.js';
import { RedisStore, type RedisReply } from 'rate-limit-redis';

/** A setting of how many a minute. */
export const perMinute = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a positive number')
  .transform(Number);

interface RateLimit {
  /** In words, for whoever is over it. */
  name: string;
  /** In a minute. */
  limit: number;
  /** Whom it is counted for. */
  keyOf: (req: Request) => string;
}

export type Limiter = (limit: RateLimit) => RequestHandler;

/** 429 for a caller who is over a limit, counted over all instances in Redis; while that is away, at each of them. */
export function createLimiter({ redis, logger }: { redis: Redis; logger: Logger }): Limiter {
  return ({ name, limit, keyOf }) =>
    rateLimit({
      identifier: name,
      limit,
      windowMs: 60_000,
      // Hashed: what lies in Redis names nobody.
      keyGenerator: (req) => createHash('sha256').update(keyOf(req)).digest('base64url'),
      store: createRateStore(redis, `rate:${name}:`),
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      logger: {
        error: (error) => logger.warn({ err: error }, 'rate limits'),
        warn: (error) => logger.warn({ err: error }, 'rate limits'),
      },
      handler: () => {
        throw new ProblemError({
          status: 429,
          code: 'too-many-requests',
          detail: `Rate limit exceeded: ${String(limit)} ${name} a minute.`,
        });
      },
    });
}

/** Who calls; without a token, from where. */
export function callerOf(req: Request): string {
  const { principal } = req;
  if (principal === undefined) return `address:${addressOf(req)}`;
  return principal.kind === 'user' ? `user:${String(principal.userId)}` : `client:${principal.clientId}`;
}

export const addressOf = (req: Request): string => ipKeyGenerator(req.ip ?? '');

/**
 * Counters in Redis; while it is away each process counts for itself. The store loads its scripts once, at the start, and would
 * fail for ever if Redis was away at that moment; a script's name is its SHA-1, so it is told that, and loads the script when
 * Redis says that it has none.
 */
function createRateStore(redis: Redis, prefix: string): Store {
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
