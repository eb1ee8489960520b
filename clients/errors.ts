/** No instance answered in time, or each said that it can't (5xx). Another try later may work. */
export class ServiceUnavailableError extends Error {
  override readonly name = 'ServiceUnavailableError';
  constructor(
    readonly service: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${service} is unavailable: ${reason}`, options);
  }
}

/** The service answered, with a refusal (4xx). */
export class ServiceAnsweredError extends Error {
  override readonly name = 'ServiceAnsweredError';
  constructor(
    readonly service: string,
    readonly status: number,
    /** The problem's code, empty when the answer was none. */
    readonly code: string,
  ) {
    super(`${service} answered ${String(status)} ${code}`.trim());
  }
}

const CODES = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

/** There was no connection to the other side, so it heard nothing. An error of node:http, or of undici, on which fetch is built. */
export function isNotConnected(error: unknown): boolean {
  return error instanceof Error && CODES.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What failed, in words: fetch says "fetch failed" of everything, and the rest in its cause. */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === 'fetch failed' && error.cause instanceof Error
    ? error.cause.message || String((error.cause as NodeJS.ErrnoException).code)
    : error.message;
}
