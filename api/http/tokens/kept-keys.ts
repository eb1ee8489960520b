import { createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey, errors } from 'jose';
import type { Logger } from '../../../platform/logger.js';
import { failureReason } from '../../../clients/errors.js';
import { ProblemError, unauthorized } from '../problem.js';

/** How often the keys are read anew, so that one that was withdrawn stops being believed. */
const renewAfterMs = 10 * 60_000;

export interface KeptKeys {
  find: JWTVerifyGetKey;
  /** undefined: they were never read. */
  read(): JSONWebKeySet | undefined;
  /** Rejects with the address, and with what came from there instead of keys. */
  load(): Promise<void>;
}

/**
 * The public keys at an address. Once read they are kept for as long as nobody answers there, so that work goes on;
 * a key id that is not among them makes it ask again, at most every 5 s. The logger is told why they can't be read.
 */
export function keptKeys(url: URL, logger?: Logger): KeptKeys {
  const keys = createRemoteJWKSet(url, {
    cacheMaxAge: Infinity,
    cooldownDuration: 5000,
    timeoutDuration: 2000,
    headers: ON_A_NEW_CONNECTION,
    [customFetch]: fetchOk,
  });
  const read = sayWhatCame(url.href, logger);
  let renewed = Date.now();
  return {
    find: (header, token) => {
      if (keys.jwks() !== undefined && Date.now() - renewed > renewAfterMs) {
        renewed = Date.now();
        // In the background: whoever is here is checked with what there is.
        read(keys.reload()).catch(() => undefined);
      }
      return read(keys(header, token));
    },
    read: () => keys.jwks(),
    load: () => read(keys.reload()),
  };
}

/** For what is asked so seldom. On a kept connection a wrong answer's sender would be asked again each time. */
export const ON_A_NEW_CONNECTION = { connection: 'close' };

/**
 * For what is asked at an address: rejects with the address and what came from there instead. Each reason is logged when
 * it is a new one. What is said about a token passes as it is.
 */
export function sayWhatCame(address: string, logger: Logger | undefined): <T>(asked: Promise<T>) => Promise<T> {
  let said: string | undefined;
  return async (asked) => {
    try {
      const answer = await asked;
      said = undefined;
      return answer;
    } catch (error) {
      if (isAboutToken(error)) throw error;
      const reason = failureReason(error);
      if (said !== reason) logger?.warn({ address, reason }, 'the signing keys can not be read');
      said = reason;
      throw new Error(`${address}: ${reason}`, { cause: error });
    }
  };
}

/** Fetches, but for another status than 200. */
export async function fetchOk(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options);
  if (response.status === 200) return response;
  await response.body?.cancel();
  throw new Error(`it answered ${String(response.status)}`);
}

export const invalidToken = (): ProblemError =>
  unauthorized('The access token is not valid or has expired.', {
    'WWW-Authenticate': 'Bearer error="invalid_token"',
  });

export const keysUnavailable = (cause?: unknown): ProblemError =>
  new ProblemError({
    status: 503,
    code: 'signing-keys-unavailable',
    detail: 'Access tokens can not be checked right now.',
    headers: { 'Retry-After': '5' },
    cause,
  });

/** Codes of jose's: nothing came from the address of the keys, or nothing that is a key set. */
const ABOUT_KEYS = ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT'];

/** Whether a check failed because of the token, rather than because there was nobody to give the keys. */
export function isAboutToken(error: unknown): boolean {
  return error instanceof errors.JOSEError && !ABOUT_KEYS.includes(error.code);
}
