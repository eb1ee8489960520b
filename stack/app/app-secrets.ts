import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import path from 'node:path';
import { keepSecrets } from '../support/secrets.js';
import { databaseNames } from './databases.js';

const random = () => randomBytes(24).toString('base64url');

/** The services that ask others for something in their own name. */
export const clientIds = ['order-service', 'notification-service'];

export const clientSecretName = (id: string) => `OAUTH_SECRET_${id.replaceAll('-', '_')}`;
export const databasePasswordName = (name: string) => `DATABASE_PASSWORD_${name}`;

/** How each secret that our processes share is made, by its setting. */
export const secretMakers: Record<string, () => string> = {
  JWT_PRIVATE_KEY: () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  PAYLOAD_KEYS: () => JSON.stringify({ k1: randomBytes(32).toString('base64') }),
  PAYLOAD_KEY_ID: () => 'k1',
  CARRIER_KEYS: () => JSON.stringify({ c1: { carrier: 'Simulated Carrier', secret: random() } }),
  CARRIER_KEY_ID: () => 'c1',
  ...Object.fromEntries(clientIds.map((id) => [clientSecretName(id), random])),
  ...Object.fromEntries(databaseNames.map((name) => [databasePasswordName(name), random])),
};

/** What this app's processes share and nobody else knows; made at the first start. */
export function appSecrets(dir: string) {
  return keepSecrets(path.join(dir, 'app-secrets.json'), secretMakers);
}

/** @returns OAUTH_CLIENTS: who may get tokens, knowing the secrets by their hashes alone */
export function oauthClients(secrets: Record<string, string>): string {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  return JSON.stringify(
    clientIds.map((clientId) => ({
      clientId,
      secretHash: hash(secrets[clientSecretName(clientId)] ?? ''),
      roles: ['service'],
    })),
  );
}
