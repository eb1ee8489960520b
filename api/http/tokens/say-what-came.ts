import { failureReason } from '../../../clients/errors.js';
import type { Logger } from '../../../platform/logger.js';
import { isAboutToken } from './token-problems.js';

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
