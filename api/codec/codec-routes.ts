import type { Payload, PayloadCodec } from '@temporalio/common';
import express from 'express';
import type { RequestHandler, Router } from 'express';
import { requireRole } from '../http/access.js';
import type { Authenticator } from '../http/auth.js';
import { badRequest } from '../http/problem.js';
import { parseBody } from '../http/validate.js';
import { allowOrigins } from './allow-origins.js';
import { fromJson, payloadsSchema, toJson } from './payload-json.js';

export interface CodecRoutes {
  codec: PayloadCodec;
  /** Web pages that may call. A request without an origin, such as a command line's, needs none. */
  origins: string[];
  auth: Authenticator | undefined;
}

/** Temporal's remote codec protocol, for its Web UI and command line. Says and logs nothing of what is inside. */
export function codecRoutes({ codec, origins, auth }: CodecRoutes): Router {
  const router = express.Router();
  const access: RequestHandler[] = auth === undefined ? [] : [auth.required, requireRole('admin')];
  // As large as a whole history page.
  const before = [...access, express.json({ limit: '20mb' })];
  router.use(allowOrigins(origins));
  router.post(
    '/encode',
    ...before,
    answer((payloads) => codec.encode(payloads)),
  );
  router.post(
    '/decode',
    ...before,
    answer((payloads) => codec.decode(payloads)),
  );
  return router;
}

function answer(convert: (payloads: Payload[]) => Promise<Payload[]>): RequestHandler {
  return async (req, res) => {
    const { payloads } = parseBody(payloadsSchema, req);
    try {
      res.json({ payloads: (await convert(payloads.map(fromJson))).map(toJson) });
    } catch {
      throw badRequest('A payload is not encrypted, or not with one of our keys.');
    }
  };
}
