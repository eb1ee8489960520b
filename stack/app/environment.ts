// @ts-check
import { clientSecretName, oauthClients } from './app-secrets.js';
import { ourProcesses } from './processes.js';

/** @typedef {import('./processes.js').OurProcess} OurProcess */
/** @typedef {Record<string, string>} Environment */

/**
 * @param {Record<string, number>} ports
 * @param {OurProcess[]} [processes]
 * @returns {Environment} by the name of the process
 */
export function urlsOf(ports, processes = ourProcesses) {
  return Object.fromEntries(processes.map(({ name, port }) => [name, `http://127.0.0.1:${ports[port]}`]));
}

/**
 * What every process of an app is told: where the servers and the other services are.
 * @param {{ processes: OurProcess[], serversEnv: Environment, ports: Record<string, number>, namespace: string, redisDatabase: number }} app
 * @returns {Environment}
 */
export function sharedEnvironment({ processes, serversEnv, ports, namespace, redisDatabase }) {
  const urls = urlsOf(ports, processes);
  const instancesOf = (/** @type {string} */ entry) => processes.filter((one) => one.entry === entry);
  const services = ourProcesses.filter(({ name }) => name.endsWith('-service'));
  return {
    HOST: '127.0.0.1',
    ...pick(serversEnv, ['KAFKA_BROKERS', 'TEMPORAL_ADDRESS', 'ZIPKIN_URL']),
    REDIS_URL: `${(serversEnv.REDIS_URL ?? '').replace(/\/\d*$/, '')}/${redisDatabase}`,
    TEMPORAL_NAMESPACE: namespace,
    GATEWAY_URL: urls.gateway ?? '',
    ...Object.fromEntries(
      services.map(({ name, entry }) => [
        `${name.toUpperCase().replace('-', '_')}_URL`,
        instancesOf(entry)
          .map((one) => urls[one.name])
          .join(','),
      ]),
    ),
    JWT_ISSUER: urls.gateway ?? '',
    JWT_AUDIENCE: 'holdfast',
    PAYMENT_PROVIDER: 'simulated',
    DELIVERY_CARRIER: 'simulated',
    SAGA_VERSIONING: 'AUTO_UPGRADE',
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
  };
}

/**
 * What one process is told on top: its own name, port and database, and the secrets it alone needs.
 * @param {OurProcess} process
 * @param {{ ports: Record<string, number>, secrets: Environment, databases: Environment, serversEnv: Environment }} app
 * @returns {Environment}
 */
export function ownEnvironment(
  { name, service, port, metricsPort, database, uses },
  { ports, secrets, databases, serversEnv },
) {
  /** @type {Record<import('./processes.js').Part, () => Environment>} */
  const parts = {
    payload: () => pick(secrets, ['PAYLOAD_KEYS', 'PAYLOAD_KEY_ID']),
    userKeys: () => ({ ...pick(secrets, ['JWT_PRIVATE_KEY']), OAUTH_CLIENTS: oauthClients(secrets) }),
    client: () => ({ OAUTH_CLIENT_ID: service, OAUTH_CLIENT_SECRET: secrets[clientSecretName(service)] ?? '' }),
    carrier: () => pick(secrets, ['CARRIER_KEYS', 'CARRIER_KEY_ID']),
    simulator: () => ({ PAYMENT_SIMULATOR_DATABASE_URL: databases.payment_simulator ?? '' }),
    mail: () => ({ SMTP_URL: serversEnv.SMTP_URL ?? '', MAIL_FROM: 'Holdfast <orders@holdfast.example>' }),
  };
  return {
    SERVICE_NAME: service,
    PORT: `${ports[port]}`,
    ...(metricsPort ? { METRICS_PORT: `${ports[metricsPort]}` } : {}),
    ...(database ? { DATABASE_URL: databases[database] ?? '' } : {}),
    ...(name === 'codec-server' ? { ...webUi(serversEnv), CODEC_REQUIRE_ADMIN: 'false' } : {}),
    ...Object.assign({}, ...uses.map((part) => parts[part]())),
  };
}

/** @param {Environment} databases @returns {Environment} what the setup is told: all databases, by name */
export function databaseSettings(databases) {
  return Object.fromEntries(
    Object.entries(databases).map(([name, url]) => [`${name.toUpperCase()}_DATABASE_URL`, url]),
  );
}

/** @param {Environment} from @param {string[]} names @returns {Environment} */
function pick(from, names) {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}

/** A browser takes its two names for two origins. @param {Environment} serversEnv @returns {Environment} */
function webUi({ TEMPORAL_UI_URL }) {
  if (!TEMPORAL_UI_URL) return {};
  return { TEMPORAL_UI_URL: [TEMPORAL_UI_URL, TEMPORAL_UI_URL.replace('//127.0.0.1', '//localhost')].join(',') };
}
