import type { z } from 'zod';
import type { temporalSettings } from '../env.js';
import type { PayloadKeys } from './payload-codec.js';

export interface TemporalSettings {
  address: string;
  namespace: string;
  payloadKeys: PayloadKeys;
}

/** From the environment's names to ours. */
export function temporalSettingsFrom(env: {
  [K in keyof typeof temporalSettings]: z.output<(typeof temporalSettings)[K]>;
}): TemporalSettings {
  return {
    address: env.TEMPORAL_ADDRESS,
    namespace: env.TEMPORAL_NAMESPACE,
    payloadKeys: { keys: env.PAYLOAD_KEYS, current: env.PAYLOAD_KEY_ID },
  };
}
