import type { Registry } from 'prom-client';
import type { Logger } from '../platform/logger.js';
import { LRUCache } from 'lru-cache';
import { counter, gauge } from '../platform/metrics.js';
import { CountBreaker, circuitBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel';
import { userValidationSchema, type UserValidation, userSchema, type User } from '../contracts/http/users.js';
import { ServiceAnsweredError, ServiceUnavailableError } from './errors.js';
import { createServiceClient, type ServiceToken } from './http-client.js';

const STATES = ['closed', 'open', 'half-open'] as const;

type BreakerState = (typeof STATES)[number];

/** Told of each change; `reason`: the failure that opened it. */
type BreakerObserver = (state: BreakerState, reason?: string) => void;

/** Shows a breaker in the process's metrics and log: `name` is the service that it stands before. */
export function observeBreaker(
  name: string,
  { logger, registry }: { logger: Logger; registry: Registry },
): BreakerObserver {
  const current = gauge(registry, 'circuit_breaker_state');
  // A trial is over before anybody reads the state, so changes are counted too.
  const changes = counter(registry, 'circuit_breaker_changes_total');
  const show = (state: BreakerState): void => {
    for (const each of STATES) current.set({ breaker: name, state: each }, each === state ? 1 : 0);
  };
  show('closed');
  for (const state of STATES) changes.inc({ breaker: name, state }, 0);
  return (state, reason) => {
    show(state);
    changes.inc({ breaker: name, state });
    logger[state === 'open' ? 'warn' : 'info']({ breaker: name, reason }, `circuit breaker ${state}`);
  };
}

/** Callers who ask for the same while it is being asked share one call, and its answer or error. Nothing is kept after it. */
export function shareInFlight<K, V>(ask: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const asking = new Map<K, Promise<V>>();
  return (key) => {
    const under = asking.get(key);
    if (under !== undefined) return under;
    const started = ask(key).finally(() => asking.delete(key));
    asking.set(key, started);
    return started;
  };
}

type UserAnswer = { outcome: 'verified'; user: UserValidation } | { outcome: 'unknown' };

/** `unavailable` is for the caller's fallback; it comes at once while the breaker is open. */
type UserOutcome = UserAnswer | { outcome: 'unavailable'; reason: string };

export interface UserClient {
  validateUser(userId: number): Promise<UserOutcome>;
}

export interface UserClientSettings {
  urls: string[];
  token: ServiceToken;
  timeoutMs?: number;
  /** How long who a user is may be told without being asked again, in milliseconds. Not at all unless given. */
  keptForMs?: number;
  /** Told of the breaker's changes. */
  observe?: BreakerObserver;
}

/** Each some hundred bytes. */
const MOST_KEPT = 5_000;

/** Asks the user service behind a breaker: it opens when half of the last 10 calls failed, and tries again after 10 s. */
export function createUserClient({
  urls,
  token,
  timeoutMs = 2000,
  keptForMs,
  observe,
}: UserClientSettings): UserClient {
  const client = createServiceClient({ name: 'user-service', urls, timeoutMs, token });
  const breaker = circuitBreaker(handleWhen(gaveNoAnswer), {
    halfOpenAfter: 10_000,
    // It opens above the threshold.
    breaker: new CountBreaker({ threshold: 0.49, size: 10 }),
  });
  breaker.onBreak((why) => observe?.('open', 'error' in why ? why.error.message : undefined));
  breaker.onHalfOpen(() => observe?.('half-open'));
  breaker.onReset(() => observe?.('closed'));

  // Not those who are unknown: they may be written down in the next moment.
  const kept =
    keptForMs === undefined
      ? undefined
      : new LRUCache<number, UserAnswer>({ max: MOST_KEPT, ttl: keptForMs, ttlResolution: 0, perf: Date });

  // Inside of the breaker, so that a missing user counts as a call that did not fail.
  const ask = async (userId: number): Promise<UserAnswer> => {
    try {
      const path = `/users/${String(userId)}/validation`;
      const user = await client.send({ method: 'GET', path }, userValidationSchema);
      const answer: UserAnswer = { outcome: 'verified', user };
      kept?.set(userId, answer);
      return answer;
    } catch (error) {
      if (error instanceof ServiceAnsweredError && error.status === 404) return { outcome: 'unknown' };
      throw error;
    }
  };
  return {
    validateUser: shareInFlight(async (userId: number): Promise<UserOutcome> => {
      try {
        return kept?.get(userId) ?? (await breaker.execute(() => ask(userId)));
      } catch (error) {
        if (gaveNoAnswer(error) || isBrokenCircuitError(error))
          return { outcome: 'unavailable', reason: error.message };
        throw error;
      }
    }),
  };
}

/** A refusal of our own token too: who the user is remains unsaid. */
function gaveNoAnswer(error: unknown): error is ServiceUnavailableError | ServiceAnsweredError {
  return error instanceof ServiceUnavailableError || error instanceof ServiceAnsweredError;
}

export interface CallerClient {
  /** The user who holds an access token. Throws ServiceAnsweredError (401, 403) and ServiceUnavailableError. */
  whoIs(token: string): Promise<User>;
}

/** Asks the user service with the caller's own token, and with nothing else: it is its own proof. */
export function createCallerClient({ urls, timeoutMs = 2000 }: { urls: string[]; timeoutMs?: number }): CallerClient {
  const client = createServiceClient({ name: 'user-service', urls, timeoutMs });
  return {
    whoIs: (token) =>
      client.send({ method: 'GET', path: '/users/me', headers: { authorization: `Bearer ${token}` } }, userSchema),
  };
}
