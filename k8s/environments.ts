import { settingsOfProcesses } from '../docs/made-from-code/processes.js';
import { databaseNames, type DatabaseName } from '../stack/app/databases.js';
import { databaseSettings, ownEnvironment } from '../stack/app/environment.js';
import { ourProcesses, type OurProcess } from '../stack/app/processes.js';
import { defaultPorts } from '../stack/support/ports.js';

export type Environment = Record<string, string>;

/** What is read from a Secret, which one process alone is given. */
const secretSettings = new Set([
  ...[
    'CARRIER_KEYS',
    'CARRIER_KEY_ID',
    'PAYMENT_WEBHOOK_KEYS',
    'PAYMENT_WEBHOOK_KEY_ID',
    'JWT_PRIVATE_KEY',
    'OAUTH_CLIENTS',
    'OAUTH_CLIENT_SECRET',
  ],
  ...['DATABASE_URL', ...databaseNames.map((name) => `${name.toUpperCase()}_DATABASE_URL`)],
  ...['PAYLOAD_KEYS', 'PAYLOAD_KEY_ID', 'REDIS_URL', 'SMTP_URL', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRETS'],
]);

/** Said once for all processes, by whoever installs them: the ConfigMap `site` of an overlay. */
const siteSettings = new Set(['CODEC_HOSTS', 'CODEC_REQUIRE_ADMIN', 'MAIL_FROM', 'TEMPORAL_UI_URL']);

/** Whatever differs between one installation and another. */
export interface Site {
  /** By the names of stack/app/secrets.ts. */
  secrets: Environment;
  /** Addresses of the databases. */
  databases: Record<DatabaseName, string>;
  REDIS_URL: string;
  SMTP_URL: string;
}

/** What one process alone is told: its ConfigMap and its Secret. */
export interface OwnEnvironment {
  settings: Environment;
  secrets: Environment;
}

/** By the name of the process; the setup is one. */
export function ownEnvironments(site: Site): Record<string, OwnEnvironment> {
  return {
    ...Object.fromEntries(ourProcesses.map((process) => [process.name, ownEnvironmentOf(process, site)])),
    setup: { settings: {}, secrets: databaseSettings(site.databases) },
  };
}

function ownEnvironmentOf(process: OurProcess, { secrets, databases, REDIS_URL, SMTP_URL }: Site): OwnEnvironment {
  const read = settingsOfProcesses[process.name] ?? {};
  const told = Object.entries({
    ...serviceUrls,
    JWT_AUDIENCE: 'holdfast',
    REDIS_URL,
    ...ownEnvironment(process, { ports: defaultPorts, secrets, databases, serversEnv: { SMTP_URL } }),
  }).filter(([name]) => name in read && !siteSettings.has(name));
  return {
    settings: Object.fromEntries(told.filter(([name]) => !secretSettings.has(name))),
    secrets: Object.fromEntries(told.filter(([name]) => secretSettings.has(name))),
  };
}

/** A service has the name of its process, and listens at the port of `npm start`. */
const serviceUrls = Object.fromEntries(
  ourProcesses
    .filter(({ name }) => name.endsWith('-service'))
    .map(({ name, port }) => [`${name.toUpperCase().replace('-', '_')}_URL`, `http://${name}:${defaultPorts[port]}`]),
);

/** The settings of a process that its Secret holds. */
export function secretNamesOf(process: string): string[] {
  return Object.keys(settingsOfProcesses[process] ?? {}).filter((name) => secretSettings.has(name));
}
