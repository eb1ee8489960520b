import { CountBreaker, circuitBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel';
import { userValidationSchema } from '../contracts/http/users.js';
import type { UserValidation } from '../contracts/http/users.js';
import { ServiceAnswered, ServiceUnavailable } from './errors.js';
import { createServiceClient } from './http-client.js';
import type { ServiceToken } from './http-client.js';
import { shareInFlight } from './share-in-flight.js';

/** `unavailable` is for the caller's fallback; it comes at once while the breaker is open. */
export type UserOutcome =
  { outcome: 'verified'; user: UserValidation } | { outcome: 'unknown' } | { outcome: 'unavailable'; reason: string };

export interface UserClient {
  validateUser(userId: number): Promise<UserOutcome>;
}

export interface UserClientSettings {
  urls: string[];
  token: ServiceToken;
  timeoutMs?: number;
}

/** Asks the user service behind a breaker: it opens when half of the last 10 calls failed, and tries again after 10 s. */
export function createUserClient({ urls, token, timeoutMs = 2000 }: UserClientSettings): UserClient {
  const client = createServiceClient({ name: 'user-service', urls, timeoutMs, token });
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof ServiceUnavailable),
    { halfOpenAfter: 10_000, breaker: new CountBreaker({ threshold: 0.49, size: 10 }) },
  );
  return {
    validateUser: shareInFlight(async (userId: number): Promise<UserOutcome> => {
      try {
        const user = await breaker.execute(() =>
          client.send({ method: 'GET', path: `/users/${String(userId)}/validation` }, userValidationSchema),
        );
        return { outcome: 'verified', user };
      } catch (error) {
        if (error instanceof ServiceAnswered && error.status === 404) return { outcome: 'unknown' };
        if (error instanceof ServiceUnavailable || error instanceof ServiceAnswered || isBrokenCircuitError(error))
          return { outcome: 'unavailable', reason: error.message };
        throw error;
      }
    }),
  };
}
