import { createHash } from 'node:crypto';
import { Router } from 'express';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Logger } from '../../platform/logger.js';
import { Problem } from '../http/problem.js';
import { readBody } from './forward/request-body.js';
import { createRateStore } from './rate-store.js';

/** How many in a minute. */
export interface RateLimits {
  /** Per user, or per address of callers without a token. */
  requests: number;
  /** Orders per user. */
  orders: number;
  /** Log-ins per account and address together: nobody can lock another one's account from elsewhere. */
  logins: number;
}

export interface RateLimitSettings {
  limits: RateLimits;
  redis: Redis;
  logger: Logger;
}

/** 429 for a caller who is over a limit, counted over all gateways in Redis. Redis away: everything passes. */
export function limitRates({ limits, redis, logger }: RateLimitSettings): Router {
  const limiter = (
    name: string,
    limit: number,
    keyGenerator: (req: Request) => string | Promise<string>,
  ): RequestHandler =>
    rateLimit({
      identifier: name,
      limit,
      windowMs: 60_000,
      keyGenerator,
      store: createRateStore(redis, `rate:${name}:`),
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      passOnStoreError: true,
      // Redis being away is said once, by its client.
      logger: {
        error: (error) => logger.debug({ err: error }, 'rate limits'),
        warn: (error) => logger.warn({ err: error }, 'rate limits'),
      },
      handler: () => {
        throw new Problem({
          status: 429,
          code: 'too-many-requests',
          detail: `Over the limit of ${String(limit)} ${name} a minute.`,
        });
      },
    });

  const router = Router();
  router.use(limiter('requests', limits.requests, callerOf));
  router.post('/orders', limiter('orders', limits.orders, callerOf));
  router.post('/sessions', limiter('logins', limits.logins, accountAndAddressOf));
  return router;
}

function callerOf(req: Request): string {
  const { principal } = req;
  if (principal === undefined) return `address:${addressOf(req)}`;
  return principal.kind === 'user' ? `user:${String(principal.userId)}` : `client:${principal.clientId}`;
}

async function accountAndAddressOf(req: Request): Promise<string> {
  const account = await readBody(req).then(emailIn, () => '');
  // Hashed: what lies in Redis names nobody.
  return `${createHash('sha256').update(account).digest('hex')}:${addressOf(req)}`;
}

function emailIn(body: Buffer): string {
  try {
    return z
      .object({ email: z.string() })
      .parse(JSON.parse(String(body)))
      .email.toLowerCase();
  } catch {
    return '';
  }
}

const addressOf = (req: Request): string => ipKeyGenerator(req.ip ?? '');
