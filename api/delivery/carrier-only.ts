import type { Request } from 'express';
import { signingCarrier, type CarrierKeys } from '../../services/delivery/domain/carrier-signature.js';
import { unauthorized } from '../http/problem.js';
import { requireJson } from '../http/validate.js';

/** The carrier that signed the body as it came; throws 401 where none of ours did. */
export function requireCarrier(req: Request, keys: CarrierKeys): string {
  requireJson(req);
  const carrier = signingCarrier({
    signature: req.get('x-carrier-signature'),
    body: req.rawBody ?? Buffer.alloc(0),
    keys,
    now: new Date(),
  });
  if (carrier === undefined)
    throw notTheirs('A carrier signs this call with X-Carrier-Signature, at most 5 minutes old.');
  return carrier;
}

export const notTheirs = (detail: string) =>
  unauthorized(detail, { 'WWW-Authenticate': 'X-Carrier-Signature realm="deliveries"' });
