import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';

/** RFC 9110, section 7.6.1: meant for one connection, so never passed on. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * What a caller must not be able to say about itself. `host` becomes the instance's own; `expect` was answered here;
 * the trace that a caller brought is continued by our own span, whose headers telemetry adds.
 */
const SAID_BY_US = [
  'host',
  'expect',
  'traceparent',
  'tracestate',
  'baggage',
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-real-ip',
];

export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

export function requestHeaders(req: Request): Record<string, string | string[]> {
  return {
    ...without(req.headers, SAID_BY_US),
    ...(req.ip === undefined ? {} : { 'x-forwarded-for': req.ip }),
    'x-forwarded-host': req.headers.host ?? '',
    'x-forwarded-proto': req.protocol,
  };
}

export function copyAnswerHeaders(headers: IncomingHttpHeaders, res: Response): void {
  for (const [name, value] of Object.entries(without(headers, []))) {
    // The service counts too, and says so beside us.
    if (name.startsWith('ratelimit')) res.append(name, value);
    else res.setHeader(name, value);
  }
}

function without(headers: IncomingHttpHeaders, names: string[]): Record<string, string | string[]> {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const left = new Set([...HOP_BY_HOP, ...names, ...named]);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (left.has(name) || value === undefined ? [] : [[name, value]])),
  );
}
