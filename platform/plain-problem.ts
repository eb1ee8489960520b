import { STATUS_CODES } from 'node:http';
import { trace } from '@opentelemetry/api';

/** An answer in the form of RFC 9457 where no route has come to: of Node.js's parser, and of the port of a worker. */
export function plainProblem(status: number, code: string, detail: string): string {
  const title = STATUS_CODES[status] ?? '';
  const traceId = trace.getActiveSpan()?.spanContext().traceId ?? '';
  return JSON.stringify({ type: `/problems/${code}`, title, status, detail, code, traceId });
}

/** Why a request could not be read, by the parser's code; any other is a 400. */
const UNREADABLE: Record<string, [status: number, code: string, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'headers-too-large', 'The header fields are over 16 kB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request-timeout', 'The request did not arrive in time.'],
};

/** A whole HTTP/1.1 answer to what is no request that Node.js can read. */
export function answerToUnreadable(parserCode: string | undefined): string {
  const [status, code, detail] = UNREADABLE[parserCode ?? ''] ?? [400, 'bad-request', 'Invalid HTTP request.'];
  const body = plainProblem(status, code, detail);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
