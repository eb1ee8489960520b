import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CarrierEvent } from '../../contracts/http/deliveries.js';
import { signMessage } from '../../platform/signed-message.js';
import type { CarrierKeys } from '../../services/delivery/carrier.js';
import { Api, type Answer } from './api.js';

/** What a carrier sends, and signs. `at`: the carrier's own time, RFC 3339 UTC. */
export type Report = (
  deliveryId: string,
  status: CarrierEvent,
  at?: string,
) => Promise<Answer<{ code?: string } | undefined>>;

/** The carrier of a running application, with its key. For orders with postal code 88888, of which no other reports. */
export function carrierOf({ gatewayUrl, dir }: { gatewayUrl: string; dir: string }): Report {
  const secrets = JSON.parse(readFileSync(path.join(dir, 'app-secrets.json'), 'utf8')) as Record<string, string>;
  const keys = JSON.parse(secrets['CARRIER_KEYS'] ?? '{}') as CarrierKeys;
  const [kid = '', { secret: key } = { secret: '' }] = Object.entries(keys)[0] ?? [];
  const anyone = new Api(gatewayUrl);
  return (deliveryId, status, at = new Date().toISOString()) => {
    const report = { deliveryId, status, at };
    const signature = signMessage({ body: JSON.stringify(report), key, kid, at: new Date() });
    return anyone.post(`/deliveries/${deliveryId}/events`, report, { 'x-carrier-signature': signature });
  };
}
