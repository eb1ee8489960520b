import express from 'express';
import type { RequestHandler, Router } from 'express';
import { forbidden } from '../http/problem.js';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { isHostAllowed } from 'host-validation-middleware';
import { requireRole } from '../http/access.js';
import type { Authenticator } from '../http/auth.js';
import { parseBody } from '../http/validate.js';

/** CORS for these origins alone: a page from elsewhere must not read orders through its visitor's browser. */
function allowOrigins(origins: string[]): RequestHandler {
  const allowed = new Set(origins.map((url) => new URL(url).origin));
  return (req, res, next) => {
    const { origin } = req.headers;
    res.vary('Origin');
    if (origin === undefined) return next();
    if (!allowed.has(origin)) throw forbidden('This origin is not allowed to use the codec server.');
    res.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': 'POST',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Namespace',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Max-Age': '600',
    });
    if (req.method === 'OPTIONS') res.status(204).end();
    else next();
  };
}

const base64 = z.base64();

/** Protobuf's JSON form of payloads; newer command lines send fields that we don't need. */
const payloadsSchema = z.looseObject({
  payloads: z
    .array(z.looseObject({ metadata: z.record(z.string(), base64).default({}), data: base64.default('') }))
    .default([]),
});

type PayloadJson = z.output<typeof payloadsSchema>['payloads'][number];

export function fromJson({ metadata, data }: PayloadJson): Payload {
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    data: Buffer.from(data, 'base64'),
  };
}

export function toJson({ metadata, data }: Payload) {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}

const identifier = z.string().regex(/^[\w-]{1,100}$/);

/** Times and the like are left out: what is let through holds no words but identifiers. */
const markerSchema = z.object({
  seq: z.int(),
  attempt: z.int(),
  activity_id: identifier,
  activity_type: identifier,
});

/**
 * The SDK's own note of which local activity ran, which it never encrypts: the Web UI takes the name it shows from
 * there. undefined for anything else.
 */
function localActivityMarker({ metadata, data }: Payload): Payload | undefined {
  if (Buffer.from(metadata?.['encoding'] ?? []).toString() !== 'json/plain') return undefined;
  try {
    const marker = markerSchema.parse(JSON.parse(Buffer.from(data ?? []).toString()));
    return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(marker)) };
  } catch {
    return undefined;
  }
}

interface CodecRoutes {
  codec: PayloadCodec;
  /** Web pages that may call. A request without an origin, such as a command line's, needs none. */
  origins: string[];
  /** Its own names, beside localhost and addresses. */
  hosts: string[];
  auth: Authenticator | undefined;
}

/** Temporal's remote codec protocol, for its Web UI and command line. Says and logs nothing of what is inside. */
export function codecRoutes({ codec, origins, hosts, auth }: CodecRoutes): Router {
  const router = express.Router();
  const access: RequestHandler[] = auth === undefined ? [] : [auth.required, requireRole('admin')];
  // As large as a whole history page.
  const before = [...access, express.json({ limit: '20mb' })];
  router.use(onlyAs(hosts));
  router.use(allowOrigins(origins));
  router.post(
    '/encode',
    ...before,
    answer((payloads) => codec.encode(payloads)),
  );
  router.post(
    '/decode',
    ...before,
    answer((payloads) => decodeEach(codec, payloads)),
  );
  return router;
}

/** A page whose own name was made to lead here is of the same origin for its browser (DNS rebinding), so CORS asks nothing. */
function onlyAs(hosts: string[]): RequestHandler {
  return (req, _res, next) => {
    if (!isHostAllowed(req.headers.host, hosts)) throw forbidden('The codec server has another host name.');
    next();
  };
}

function answer(convert: (payloads: Payload[]) => Promise<Payload[]>): RequestHandler {
  return async (req, res) => {
    const { payloads } = parseBody(payloadsSchema, req);
    res.json({ payloads: (await convert(payloads.map(fromJson))).map(toJson) });
  };
}

/**
 * What is not encrypted with one of our keys is replaced by words that say so; but for the names of local activities. To refuse the whole request instead would
 * leave the command line without any history, since the SDK's own trace headers are never encrypted.
 */
async function decodeEach(codec: PayloadCodec, payloads: Payload[]): Promise<Payload[]> {
  const decoded = await Promise.all(
    payloads.map((payload) => codec.decode([payload]).catch(() => [localActivityMarker(payload) ?? refused])),
  );
  return decoded.flat();
}

const refused: Payload = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from('"refused: not encrypted with one of our keys"'),
};
