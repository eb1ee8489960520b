import { CountBreaker, circuitBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel';
import { userValidationSchema } from '../contracts/http/users.js';
import type { UserValidation } from '../contracts/http/users.js';
import { ServiceAnswered, ServiceUnavailable } from './errors.js';
import { createServiceClient } from './http-client.js';
import type { ServiceToken } from './http-client.js';
import type { BreakerObserver } from './observe-breaker.js';
import { shareInFlight } from './share-in-flight.js';

type UserAnswer = { outcome: 'verified'; user: UserValidation } | { outcome: 'unknown' };

/** `unavailable` is for the caller's fallback; it comes at once while the breaker is open. */
export type UserOutcome = UserAnswer | { outcome: 'unavailable'; reason: string };

export interface UserClient {
  validateUser(userId: number): Promise<UserOutcome>;
}

export interface UserClientSettings {
  urls: string[];
  token: ServiceToken;
  timeoutMs?: number;
  /** Told of the breaker's changes. */
  observe?: BreakerObserver;
}

/** Asks the user service behind a breaker: it opens when half of the last 10 calls failed, and tries again after 10 s. */
export function createUserClient({ urls, token, timeoutMs = 2000, observe }: UserClientSettings): UserClient {
  const client = createServiceClient({ name: 'user-service', urls, timeoutMs, token });
  const breaker = circuitBreaker(handleWhen(gaveNoAnswer), {
    halfOpenAfter: 10_000,
    // It opens above the threshold.
    breaker: new CountBreaker({ threshold: 0.49, size: 10 }),
  });
  breaker.onBreak((why) => observe?.('open', 'error' in why ? why.error.message : undefined));
  breaker.onHalfOpen(() => observe?.('half-open'));
  breaker.onReset(() => observe?.('closed'));

  // Inside of the breaker, so that a missing user counts as a call that did not fail.
  const ask = async (userId: number): Promise<UserAnswer> => {
    try {
      const path = `/users/${String(userId)}/validation`;
      return { outcome: 'verified', user: await client.send({ method: 'GET', path }, userValidationSchema) };
    } catch (error) {
      if (error instanceof ServiceAnswered && error.status === 404) return { outcome: 'unknown' };
      throw error;
    }
  };
  return {
    validateUser: shareInFlight(async (userId: number): Promise<UserOutcome> => {
      try {
        return await breaker.execute(() => ask(userId));
      } catch (error) {
        if (gaveNoAnswer(error) || isBrokenCircuitError(error))
          return { outcome: 'unavailable', reason: error.message };
        throw error;
      }
    }),
  };
}

/** A refusal of our own token too: who the user is remains unsaid. */
function gaveNoAnswer(error: unknown): error is ServiceUnavailable | ServiceAnswered {
  return error instanceof ServiceUnavailable || error instanceof ServiceAnswered;
}
