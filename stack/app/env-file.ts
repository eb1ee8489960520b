import { randomBytes } from 'node:crypto';
import { parseEnv } from 'node:util';
import { databasePasswordName, oauthClients, secretMakers } from './app-secrets.js';

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
