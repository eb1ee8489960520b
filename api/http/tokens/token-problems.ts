import { errors } from 'jose';
import { Problem, unauthorized } from '../problem.js';

export const invalidToken = (): Problem =>
  unauthorized('The access token is not valid or has expired.', {
    'WWW-Authenticate': 'Bearer error="invalid_token"',
  });

export const keysUnavailable = (cause?: unknown): Problem =>
  new Problem({
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
