import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { keepSecrets } from '../support/state.js';
import { databaseNames } from './databases.js';

const random = () => randomBytes(24).toString('base64url');

/** The services that ask others for something in their own name. */
const clientIds = ['order-service', 'notification-service'];

export const clientSecretName = (id: string) => `OAUTH_SECRET_${id.replaceAll('-', '_')}`;
export const databasePasswordName = (name: string) => `DATABASE_PASSWORD_${name}`;

/** How each secret that our processes share is made, by its setting. */
const secretMakers: Record<string, () => string> = {
  JWT_PRIVATE_KEY: () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  PAYLOAD_KEYS: () => JSON.stringify({ k1: randomBytes(32).toString('base64') }),
  PAYLOAD_KEY_ID: () => 'k1',
  CARRIER_KEYS: () => JSON.stringify({ c1: { carrier: 'Simulated Carrier', secret: random() } }),
  CARRIER_KEY_ID: () => 'c1',
  PAYMENT_WEBHOOK_KEYS: () => JSON.stringify({ w1: { secret: random() } }),
  PAYMENT_WEBHOOK_KEY_ID: () => 'w1',
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

const password = () => randomBytes(24).toString('base64url');

/** What the containers' PostgreSQL and Temporal need beside our own processes. */
const serverSecrets = { POSTGRES_PASSWORD: password, [databasePasswordName('temporal')]: password };

/** The settings of docker-compose.yml that are secret, in the order in which they are written. */
export const secretNames = [...Object.keys({ ...serverSecrets, ...secretMakers }), 'OAUTH_CLIENTS'];

/**
 * The text of a `.env` for docker-compose.yml: what it has stays, and each secret that it lacks is made.
 * @param text what is there so far
 */
export function withSecrets(text: string = '') {
  const kept = Object.fromEntries(Object.entries(parseEnv(text)).filter(([, value]) => value !== ''));
  const made = Object.fromEntries(
    Object.entries({ ...serverSecrets, ...secretMakers }).flatMap(([name, make]) =>
      kept[name] === undefined ? [[name, make()]] : [],
    ),
  );
  // It holds hashes of others, and so must be theirs.
  const clients = oauthClients({ ...kept, ...made } as Record<string, string>);
  if (kept.OAUTH_CLIENTS === undefined) made.OAUTH_CLIENTS = clients;
  const lines = Object.entries(made).map(([name, value]) => `${name}=${quoted(value)}\n`);
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${lines.join('')}`;
}

/** As Compose and Node.js both read it. */
function quoted(value: string) {
  if (value.includes('\n')) return `"${value.trimEnd().replaceAll('\n', '\\n')}"`;
  return /^[\w-]+$/.test(value) ? value : `'${value}'`;
}
