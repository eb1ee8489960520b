import path from 'node:path';
import { checkout } from '../support/paths.js';
import type { PortName } from '../support/ports.js';
import type { DatabaseName } from './databases.js';

export interface OurProcess {
  name: string;
  /** Its name in traces, logs and metrics. */
  service: string;
  /** Below dist/. */
  entry: string;
  port: PortName;
  /** Where its metrics are not at `port`. */
  metricsPort?: PortName;
  /** What ends first: the gateway, then the APIs, then what works behind them. */
  kind: 'gateway' | 'api' | 'worker';
  database?: DatabaseName;
  uses: Part[];
  /** No order waits for it. */
  background?: boolean;
}

/** Settings that only some are given. */
export type Part = 'payload' | 'userKeys' | 'client' | 'carrier' | 'webhooks' | 'simulator' | 'mail';

/** Its port's setting is made of its name. */
const named = (name: string, kind: OurProcess['kind'], entry: string, uses: Part[] = []) => ({
  name,
  service: name.replace('-worker', '-service'),
  kind,
  entry,
  port: `${name.toUpperCase().replace('-', '_')}_PORT` as PortName,
  uses,
});

const api = (database: DatabaseName, ...uses: Part[]) => ({
  ...named(`${database}-service`, 'api', `api/${database}/main.js`, uses),
  database,
});

const worker = (database: DatabaseName, ...uses: Part[]) => ({
  ...named(`${database}-worker`, 'worker', `workers/${database}.js`, uses),
  database,
});

export const ourProcesses: OurProcess[] = [
  { ...named('gateway', 'gateway', 'api/gateway/main.js'), metricsPort: 'GATEWAY_METRICS_PORT' },
  api('user', 'userKeys'),
  api('product'),
  api('order', 'payload', 'client'),
  worker('order', 'payload', 'client'),
  api('inventory'),
  worker('inventory', 'payload'),
  api('payment', 'webhooks', 'simulator'),
  worker('payment', 'payload', 'webhooks', 'simulator'),
  api('delivery', 'payload', 'carrier'),
  worker('delivery', 'payload', 'carrier'),
  {
    ...named('notification-service', 'worker', 'notifications/main.js', ['client', 'mail']),
    database: 'notification',
    background: true,
  },
  { ...named('codec-server', 'worker', 'api/codec/main.js', ['payload']), port: 'CODEC_PORT' },
];

/** With a second instance, `<name>-2`, of each of these. */
export function withSecondInstances(twice: string[]): OurProcess[] {
  const second = (one: OurProcess) => ({
    ...one,
    name: `${one.name}-2`,
    port: `${one.port}_2` as OurProcess['port'],
  });
  return ourProcesses.flatMap((one) => (twice.includes(one.name) ? [one, second(one)] : [one]));
}

/**
 * What Node.js is told to run. From its source it is run by tsx, which sees each module that is imported; workflows are none
 * of the order worker's: they go into its bundle.
 */
export function argsOf(
  { entry }: Pick<OurProcess, 'entry'>,
  { dist, fromSource }: { dist: string; fromSource: boolean },
) {
  const telemetry = path.join('platform', 'telemetry', 'register.js');
  if (!fromSource) return ['--enable-source-maps', '--import', path.join(dist, telemetry), path.join(dist, entry)];
  const tsx = path.join(checkout, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const watching = ['watch', '--clear-screen=false', '--include', 'workflows/**/*.ts'];
  const sources = [telemetry, entry].map((file) => file.replace(/\.js$/, '.ts'));
  return [tsx, ...watching, path.join(checkout, 'stack', 'app', 'from-source.ts'), ...sources];
}
