import { ourProcesses, type OurProcess, type Part } from './processes.js';
import { clientSecretName, oauthClients } from './secrets.js';

export type Environment = Record<string, string>;

/** @returns by the name of the process */
export function urlsOf(ports: Record<string, number>, processes: OurProcess[] = ourProcesses): Environment {
  return Object.fromEntries(processes.map(({ name, port }) => [name, `http://127.0.0.1:${ports[port]}`]));
}

/** Where each answers its metrics, by the name of the process. */
export function metricsUrlsOf(ports: Record<string, number>, processes: OurProcess[]): Environment {
  return urlsOf(
    ports,
    processes.map((one) => ({ ...one, port: one.metricsPort ?? one.port })),
  );
}

/** What every process of an app is told: where the servers and the other services are. */
export function sharedEnvironment({
  processes,
  serversEnv,
  ports,
  namespace,
  redisDatabase,
}: {
  processes: OurProcess[];
  serversEnv: Environment;
  ports: Record<string, number>;
  namespace: string;
  redisDatabase: number;
}): Environment {
  const urls = urlsOf(ports, processes);
  const instancesOf = (entry: string) => processes.filter((one) => one.entry === entry);
  const services = ourProcesses.filter(({ name }) => name.endsWith('-service'));
  return {
    HOST: '127.0.0.1',
    ...pick(serversEnv, ['KAFKA_BROKERS', 'TEMPORAL_ADDRESS', 'ZIPKIN_URL', 'PROMETHEUS_URL']),
    ...pages(serversEnv, namespace),
    REDIS_URL: `${(serversEnv.REDIS_URL ?? '').replace(/\/\d*$/, '')}/${redisDatabase}`,
    TEMPORAL_NAMESPACE: namespace,
    GATEWAY_URL: urls.gateway ?? '',
    ...(urls.gateway && { CHALLENGE_PAGE: `${urls.gateway}/shop/challenges/{challengeId}` }),
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
    DELIVERY_CARRIER: 'simulated',
    SAGA_VERSIONING: 'AUTO_UPGRADE',
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
  };
}

/** What one process is told on top: its own name, port and database, and the secrets it alone needs. */
export function ownEnvironment(
  { name, service, port, metricsPort, database, uses }: OurProcess,
  {
    ports,
    secrets,
    databases,
    serversEnv,
  }: { ports: Record<string, number>; secrets: Environment; databases: Environment; serversEnv: Environment },
): Environment {
  const parts: Record<Part, () => Environment> = {
    payload: () => pick(secrets, ['PAYLOAD_KEYS', 'PAYLOAD_KEY_ID']),
    userKeys: () => ({ ...pick(secrets, ['JWT_PRIVATE_KEY']), OAUTH_CLIENTS: oauthClients(secrets) }),
    client: () => ({ OAUTH_CLIENT_ID: service, OAUTH_CLIENT_SECRET: secrets[clientSecretName(service)] ?? '' }),
    carrier: () => pick(secrets, ['CARRIER_KEYS', 'CARRIER_KEY_ID']),
    webhooks: () => pick(secrets, ['PAYMENT_WEBHOOK_KEYS', 'PAYMENT_WEBHOOK_KEY_ID']),
    simulator: () => ({ PAYMENT_SIMULATOR_DATABASE_URL: databases.payment_simulator ?? '' }),
    mail: () => ({ SMTP_URL: serversEnv.SMTP_URL ?? '', MAIL_FROM: 'Holdfast <orders@holdfast.example>' }),
  };
  return {
    SERVICE_NAME: service,
    PORT: `${ports[port]}`,
    ...(metricsPort ? { METRICS_PORT: `${ports[metricsPort]}` } : {}),
    ...(database ? { DATABASE_URL: databases[database] ?? '' } : {}),
    ...(name === 'codec-server' ? { ...webUi(serversEnv), CODEC_REQUIRE_ADMIN: 'false' } : {}),
    ...Object.fromEntries(uses.flatMap((part) => Object.entries(parts[part]()))),
  };
}

/** @returns what the setup is told: all databases, by name */
export function databaseSettings(databases: Environment): Environment {
  return Object.fromEntries(
    Object.entries(databases).map(([name, url]) => [`${name.toUpperCase()}_DATABASE_URL`, url]),
  );
}

function pick(from: Environment, names: string[]): Environment {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}

/** What the order's timeline links to. */
function pages({ TEMPORAL_UI_URL, ZIPKIN_URL, KAFKA_UI_URL }: Environment, namespace: string): Environment {
  return {
    ...(TEMPORAL_UI_URL && { WORKFLOW_PAGE: `${TEMPORAL_UI_URL}/namespaces/${namespace}/workflows/{workflowId}` }),
    ...(ZIPKIN_URL && { TRACE_PAGE: `${ZIPKIN_URL}/zipkin/traces/{traceId}` }),
    ...(KAFKA_UI_URL && { EVENTS_PAGE: `${KAFKA_UI_URL}/by-key?key={orderId}` }),
  };
}

/** A browser takes its two names for two origins. */
function webUi({ TEMPORAL_UI_URL }: Environment): Environment {
  if (!TEMPORAL_UI_URL) return {};
  return { TEMPORAL_UI_URL: [TEMPORAL_UI_URL, TEMPORAL_UI_URL.replace('//127.0.0.1', '//localhost')].join(',') };
}
