import { Problem } from '../http/problem.js';

const CODES = {
  invalid_request: 'invalid-request',
  invalid_client: 'invalid-client',
  unsupported_grant_type: 'unsupported-grant-type',
} as const;

// RFC 6749, section 5.2, as a problem that carries the standard's own member `error`.
function oauthProblem(
  status: number,
  error: keyof typeof CODES,
  detail: string,
  headers: Record<string, string> = {},
): Problem {
  return new Problem({
    status,
    code: CODES[error],
    detail,
    headers: { 'Cache-Control': 'no-store', ...headers },
    extensions: { error },
  });
}

export const invalidRequest = (detail: string): Problem => oauthProblem(400, 'invalid_request', detail);

export const invalidClient = (): Problem =>
  oauthProblem(401, 'invalid_client', 'The client id or the secret is wrong.', {
    'WWW-Authenticate': 'Basic realm="holdfast"',
  });

export const unsupportedGrantType = (): Problem =>
  oauthProblem(400, 'unsupported_grant_type', 'The only grant type is client_credentials.');
