import { z } from 'zod';
import { json } from '../../platform/env.js';

/** For whoever checks a carrier's signatures, and for the simulated carrier, which makes them. */
export const carrierSettings = {
  CARRIER_KEYS: json(z.record(z.string(), z.string().min(1))).describe(
    "JSON, key id to a carrier's secret; several, so that one can be changed without losing a report",
  ),
};
