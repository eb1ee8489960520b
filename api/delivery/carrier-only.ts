import type { Request } from 'express';
import { signingCarrier, type CarrierKeys } from '../../services/delivery/domain/carrier-signature.js';
import { audit } from '../http/audit.js';
import { unauthorized } from '../http/problem.js';
import type { Problem } from '../http/problem.js';
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
    throw notTheirs(req, 'bad-signature', 'A carrier signs this call with X-Carrier-Signature, at most 5 minutes old.');
  return carrier;
}

/** 401 for what no carrier of ours has signed, or not of this; written down, as somebody tries it. */
export function notTheirs(req: Request, outcome: string, detail: string): Problem {
  audit(req, 'authn_signature_fail', { outcome });
  return unauthorized(detail, { 'WWW-Authenticate': 'X-Carrier-Signature realm="deliveries"' });
}
