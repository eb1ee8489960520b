import { createHash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Logger } from '../../platform/logger.js';
import { Problem } from './problem.js';
import { createRateStore } from './rate-store.js';

/** A setting of how many a minute. */
export const perMinute = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a positive number')
  .transform(Number);

export interface RateLimit {
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
        throw new Problem({
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
