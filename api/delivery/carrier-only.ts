import type { RequestHandler } from 'express';
import { isSignedByCarrier } from '../../services/delivery/domain/carrier-signature.js';
import { unauthorized } from '../http/problem.js';
import { requireJson } from '../http/validate.js';

/** A middleware: 401 unless a carrier signed the body as it came. `keys`: secrets by key id. */
export function carrierOnly(keys: Record<string, string>): RequestHandler {
  return (req, _res, next) => {
    requireJson(req);
    const signature = req.get('x-carrier-signature');
    const body = req.rawBody ?? Buffer.alloc(0);
    if (!isSignedByCarrier({ signature, body, keys, now: new Date() }))
      throw unauthorized('A carrier signs this call with X-Carrier-Signature, at most 5 minutes old.', {
        'WWW-Authenticate': 'X-Carrier-Signature realm="deliveries"',
      });
    next();
  };
}
