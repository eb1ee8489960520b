import { trace } from '@opentelemetry/api';
import { isBulkheadRejectedError } from 'cockatiel';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { failureReason } from '../../clients/errors.js';
import type { ProblemCode } from '../../contracts/http/problem.js';
import { isDatabaseUnavailable } from '../../platform/database/unavailable.js';
import type { Logger } from '../../platform/logger.js';
import { audit } from './audit.js';
import { ProblemError, badRequest, notFound } from './problem.js';

export const answerNotFound: RequestHandler = (req) => {
  throw notFound(`There is no ${req.method} ${req.path}.`);
};

/**
 * Turns whatever was thrown into application/problem+json. Nothing but a Problem's own words leaves the process. An
 * answer that had begun, such as a stream's, is broken off: Express would do that too, but print the error to stderr.
 */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  // Express knows by the fourth parameter that it is for errors.
  return (error: unknown, req, res, _next) => {
    const problem = toProblem(error);
    if (problem.status > 500 && problem === error) {
      // Somebody else's fault, told of on purpose: where that was noticed says nothing.
      logger.warn({ code: problem.code, reason: failureReason(problem.cause ?? problem.detail) }, 'request failed');
    } else if (problem.status >= 500) logger.error({ err: error, code: problem.code }, 'request failed');
    if (problem.status === 403)
      audit(req, problem.code === 'wrong-password' ? 'authn_password_change_fail' : 'authz_fail', {
        outcome: problem.code,
      });
    if (res.headersSent) res.destroy();
    else sendProblem(res, problem);
  };
}

/** For answers made outside of a route, such as a rate limiter's. */
export function sendProblem(res: Response, problem: ProblemError): void {
  const { status, code, title, detail, errors, extensions } = problem;
  res.set(problem.headers);
  res
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        ...extensions,
        type: `/problems/${code}`,
        title,
        status,
        detail,
        code,
        traceId: trace.getActiveSpan()?.spanContext().traceId ?? '',
        ...(errors === undefined ? {} : { errors }),
      }),
    );
}

/** Errors of Express and its middlewares carry status and headers, and text that is not ours to send. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const { type, status, headers } = libraryError(error);
  if (type === 'entity.too.large')
    return keep(headers, { status: 413, code: 'payload-too-large', detail: 'The body is over 100 kB.' });
  if (type === 'entity.parse.failed')
    return badRequest('The body is not JSON.', [{ path: '', message: 'must be JSON' }]);
  if (status !== undefined && status >= 400 && status < 500)
    return keep(headers, {
      status,
      ...(known[status] ?? { code: 'bad-request', detail: 'Invalid request.' }),
    });
  if (isBulkheadRejectedError(error))
    return new ProblemError({
      status: 503,
      code: 'service-unavailable',
      detail: 'The service is overloaded right now. Try again later.',
      headers: { 'Retry-After': '1' },
      cause: error,
    });
  if (isDatabaseUnavailable(error))
    return keep(
      { 'Retry-After': '5' },
      { status: 503, code: 'database-unavailable', detail: 'The database is not available right now.', cause: error },
    );
  return keep(headers, {
    status: 500,
    code: 'internal-error',
    detail: 'Something went wrong on our side.',
    cause: error,
  });
}

const known: Record<number, { code: ProblemCode; detail: string }> = {
  401: { code: 'unauthorized', detail: 'An access token is needed.' },
  403: { code: 'forbidden', detail: 'Your role does not allow this.' },
  404: { code: 'not-found', detail: 'Not found.' },
  413: { code: 'payload-too-large', detail: 'The body is over 100 kB.' },
  415: { code: 'unsupported-media-type', detail: 'The body must be JSON in UTF-8.' },
  429: { code: 'too-many-requests', detail: 'Too many requests. Try again later.' },
};

function keep(headers: Record<string, string>, problem: ConstructorParameters<typeof ProblemError>[0]): ProblemError {
  return new ProblemError({ ...problem, headers });
}

function libraryError(error: unknown): { type?: string; status?: number; headers: Record<string, string> } {
  if (typeof error !== 'object' || error === null) return { headers: {} };
  const { type, status, headers } = error as { type?: unknown; status?: unknown; headers?: unknown };
  return {
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    headers:
      typeof headers === 'object' && headers !== null
        ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
        : {},
  };
}
