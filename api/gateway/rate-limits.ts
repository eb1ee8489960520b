import { Router } from 'express';
import type { RequestHandler } from 'express';
import { callerOf } from '../http/rate-limits.js';
import type { Limiter } from '../http/rate-limits.js';

/** How many in a minute. */
export interface RateLimits {
  /** Per user, or per address of callers without a token. */
  requests: number;
  /** Orders per user. */
  orders: number;
}

/** Whatever comes in, and what `checked` refuses too: a token that is tried counts for the address that it comes from. */
export function limitRates(
  limiter: Limiter,
  limits: RateLimits,
  checked: RequestHandler,
): Record<'routes' | 'rest', RequestHandler> {
  const requests = limiter({ name: 'requests', limit: limits.requests, keyOf: callerOf });
  const routes = Router();
  routes.use((req, res, next) => {
    void checked(req, res, (refusal?: unknown) => {
      void requests(req, res, (over?: unknown) => next(over ?? refusal ?? undefined));
    });
  });
  routes.post('/orders', limiter({ name: 'orders', limit: limits.orders, keyOf: callerOf }));
  return { routes, rest: requests };
}
