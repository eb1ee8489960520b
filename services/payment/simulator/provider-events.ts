import { z } from 'zod';
import { json } from '../../../platform/env.js';
import { signingKey, signMessage } from '../../../platform/signed-message.js';
import { idSchema as id, jsonOf } from '../event-body.js';
import type { ProviderEvents } from '../payment-provider.js';

/** As in the path of its webhook. */
export const SIMULATED_PROVIDER = 'simulated';

const SIGNATURE = 'X-Provider-Signature';

/** By key id. */
type WebhookKeys = Record<string, { secret: string }>;

/** For whoever checks the simulated provider's signatures, and for the provider, which makes them. */
export const webhookSettings = {
  PAYMENT_WEBHOOK_KEYS: json(z.record(z.string(), z.strictObject({ secret: z.string().min(32) }))).describe(
    'JSON, key id to `{"secret"}`, of 32 characters at least, by which the simulated provider signs what it sends; several, so that one can be changed without losing an event',
  ),
};

const eventSchema = z.looseObject({ id, type: id.catch('unknown'), chargeKey: id.optional().catch(undefined) });

/** The simulated provider's rule: a signature as a carrier's, over JSON with `id`, `type` and `chargeKey`. */
export function createSimulatedEvents(keys: WebhookKeys): ProviderEvents {
  return {
    provider: SIMULATED_PROVIDER,
    signatureHeader: SIGNATURE,
    readEvent: ({ headers, body, now }) => {
      const signature = headers[SIGNATURE.toLowerCase()];
      const key = signingKey({ signature: typeof signature === 'string' ? signature : undefined, body, keys, now });
      if (key === undefined) return { outcome: 'forged' };
      const event = eventSchema.safeParse(jsonOf(body));
      if (!event.success) return { outcome: 'unreadable' };
      const { id: eventId, type, chargeKey } = event.data;
      return { outcome: 'event', eventId, type, chargeKey, payload: body.toString('utf8') };
    },
  };
}

interface Signer {
  kid: string;
  key: string;
}

/** The headers of a webhook with this body, sent now. */
export function webhookHeaders(body: string, { kid, key }: Signer): Record<string, string> {
  return {
    'content-type': 'application/json',
    [SIGNATURE.toLowerCase()]: signMessage({ body, key, kid, at: new Date() }),
  };
}
