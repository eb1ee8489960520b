import { z } from 'zod';
import { json } from '../../platform/env.js';

/** For whoever checks a carrier's signatures, and for the simulated carrier, which makes them. */
export const carrierSettings = {
  CARRIER_KEYS: json(
    z.record(z.string(), z.strictObject({ carrier: z.string().min(1), secret: z.string().min(32) })),
  ).describe(
    'JSON, key id to `{"carrier", "secret"}`, the secret of 32 characters at least; several, so that one can be changed without losing a report',
  ),
};
