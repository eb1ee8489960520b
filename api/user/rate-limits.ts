import type { Request, RequestHandler } from 'express';
import { normalizeEmail } from '../../services/user/domain/email.js';
import { addressOf, callerOf, type Limiter } from '../http/rate-limits.js';

/** How many in a minute. */
export interface UserRateLimits {
  logins: number;
  signUps: number;
  tokens: number;
}

/** Before the handlers of what a guess costs nothing else. */
export type UserRates = Record<'passwords' | 'signUps' | 'tokens', RequestHandler[]>;

/**
 * Counted here, where a message is understood, so that the account is the one that is asked about, however it was written. A
 * password may be tried for an account at an address some times; nobody locks another one's account from elsewhere by that. Ten
 * times as often for an account from everywhere, and at an address for all accounts.
 */
export function limitUserRates(limiter: Limiter, limits: UserRateLimits): UserRates {
  const byAddress = (name: string, limit: number) => limiter({ name, limit, keyOf: addressOf });
  return {
    passwords: [
      limiter({ name: 'log-ins', limit: limits.logins, keyOf: (req) => `${accountOf(req)} ${addressOf(req)}` }),
      limiter({ name: 'log-ins of an account', limit: 10 * limits.logins, keyOf: accountOf }),
      byAddress('log-ins from an address', 10 * limits.logins),
    ],
    signUps: [byAddress('sign-ups', limits.signUps)],
    tokens: [byAddress('tokens', limits.tokens)],
  };
}

/** Whose password is tried: the one who is named, or whoever changes their own. */
function accountOf(req: Request): string {
  const { email } = (req.body ?? {}) as { email?: unknown };
  if (typeof email === 'string') return normalizeEmail(email);
  const { principal } = req;
  return principal?.kind === 'user' && principal.email !== undefined ? principal.email : callerOf(req);
}
