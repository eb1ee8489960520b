import type { Payload, PayloadCodec } from '@temporalio/common';
import express from 'express';
import type { RequestHandler, Router } from 'express';
import { isHostAllowed } from 'host-validation-middleware';
import { requireRole } from '../http/access.js';
import type { Authenticator } from '../http/auth.js';
import { forbidden } from '../http/problem.js';
import { parseBody } from '../http/validate.js';
import { allowOrigins } from './allow-origins.js';
import { localActivityMarker } from './local-activity-marker.js';
import { fromJson, payloadsSchema, toJson } from './payload-json.js';

export interface CodecRoutes {
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
