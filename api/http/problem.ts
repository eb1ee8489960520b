import { PROBLEMS, type ProblemCode } from '../../contracts/http/problem.js';

/** What RFC 9457 calls a problem: an answer that says in words and in a code why not. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: ProblemCode;
  readonly title: string;
  readonly detail: string;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;
  readonly extensions: Record<string, unknown>;

  constructor(problem: ProblemOptions) {
    super(`${problem.code}: ${problem.detail}`, { cause: problem.cause });
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title ?? titleOf(problem.code);
    this.detail = problem.detail;
    this.errors = problem.errors;
    this.headers = problem.headers ?? {};
    this.extensions = problem.extensions ?? {};
  }
}

export interface FieldError {
  path: string;
  message: string;
}

export interface ProblemOptions {
  status: number;
  code: ProblemCode;
  detail: string;
  /** Default: the code in words. */
  title?: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
  /** Members of this code alone, such as productId. */
  extensions?: Record<string, unknown>;
  cause?: unknown;
}

/** With the status and the words that the API's document has for the code. */
export function problemOf(code: ProblemCode): ProblemError {
  const { status, text } = PROBLEMS[code];
  return new ProblemError({ status, code, detail: text });
}

/** Not 503, by which the gateway would take this instance for one that can't serve orders either. */
export const badGateway = (code: ProblemCode, detail: string) =>
  new ProblemError({ status: 502, code, detail, headers: { 'Retry-After': '15' } });

export const badRequest = (detail: string, errors: FieldError[] = []) =>
  new ProblemError({ status: 400, code: 'bad-request', detail, errors });

export const unauthorized = (
  detail = 'An access token is needed.',
  headers: Record<string, string> = { 'WWW-Authenticate': 'Bearer' },
) => new ProblemError({ status: 401, code: 'unauthorized', detail, headers });

export const forbidden = (detail = 'Your role does not allow this.') =>
  new ProblemError({ status: 403, code: 'forbidden', detail });

export const notFound = (detail = 'Not found.') => new ProblemError({ status: 404, code: 'not-found', detail });

export const noSuchProduct = (id: number) => notFound(`Product ${String(id)} does not exist.`);

export const conflict = (code: ProblemCode, detail: string, extensions: Record<string, unknown> = {}) =>
  new ProblemError({ status: 409, code, detail, extensions });

export const unprocessable = (code: ProblemCode, detail: string, extensions: Record<string, unknown> = {}) =>
  new ProblemError({ status: 422, code, detail, extensions });

/** @param cause for the log: what somebody else failed with */
export const serviceUnavailable = (code: ProblemCode, detail: string, retryAfterSeconds = 5, cause?: unknown) =>
  new ProblemError({ status: 503, code, detail, headers: { 'Retry-After': String(retryAfterSeconds) }, cause });

function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
