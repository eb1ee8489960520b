import path from 'node:path';
import { checkout } from '../support/paths.js';
import type { PortName } from '../support/ports.js';
import type { DatabaseName } from './databases.js';

export interface OurProcess {
  name: string;
  /** its name in traces, logs and metrics */
  service: string;
  /** below dist/ */
  entry: string;
  port: PortName;
  /** where its metrics are not at `port` */
  metricsPort?: PortName;
  /** what ends first: the gateway, then the APIs, then what works behind them */
  kind: 'gateway' | 'api' | 'worker';
  database?: DatabaseName;
  uses: Part[];
  /** no order waits for it */
  background?: boolean;
}

/** settings that only some are given */
export type Part = 'payload' | 'userKeys' | 'client' | 'carrier' | 'simulator' | 'mail';

export const ourProcesses: OurProcess[] = [
  {
    name: 'gateway',
    service: 'gateway',
    entry: 'api/gateway/main.js',
    port: 'GATEWAY_PORT',
    metricsPort: 'GATEWAY_METRICS_PORT',
    kind: 'gateway',
    uses: [],
  },
  {
    name: 'user-service',
    service: 'user-service',
    entry: 'api/user/main.js',
    port: 'USER_SERVICE_PORT',
    kind: 'api',
    database: 'user',
    uses: ['userKeys'],
  },
  {
    name: 'product-service',
    service: 'product-service',
    entry: 'api/product/main.js',
    port: 'PRODUCT_SERVICE_PORT',
    kind: 'api',
    database: 'product',
    uses: [],
  },
  {
    name: 'order-service',
    service: 'order-service',
    entry: 'api/order/main.js',
    port: 'ORDER_SERVICE_PORT',
    kind: 'api',
    database: 'order',
    uses: ['payload', 'client'],
  },
  {
    name: 'order-worker',
    service: 'order-service',
    entry: 'workers/order.js',
    port: 'ORDER_WORKER_PORT',
    kind: 'worker',
    database: 'order',
    uses: ['payload', 'client'],
  },
  {
    name: 'inventory-service',
    service: 'inventory-service',
    entry: 'api/inventory/main.js',
    port: 'INVENTORY_SERVICE_PORT',
    kind: 'api',
    database: 'inventory',
    uses: [],
  },
  {
    name: 'inventory-worker',
    service: 'inventory-service',
    entry: 'workers/inventory.js',
    port: 'INVENTORY_WORKER_PORT',
    kind: 'worker',
    database: 'inventory',
    uses: ['payload'],
  },
  {
    name: 'payment-service',
    service: 'payment-service',
    entry: 'api/payment/main.js',
    port: 'PAYMENT_SERVICE_PORT',
    kind: 'api',
    database: 'payment',
    uses: ['simulator'],
  },
  {
    name: 'payment-worker',
    service: 'payment-service',
    entry: 'workers/payment.js',
    port: 'PAYMENT_WORKER_PORT',
    kind: 'worker',
    database: 'payment',
    uses: ['payload', 'simulator'],
  },
  {
    name: 'delivery-service',
    service: 'delivery-service',
    entry: 'api/delivery/main.js',
    port: 'DELIVERY_SERVICE_PORT',
    kind: 'api',
    database: 'delivery',
    uses: ['payload', 'carrier'],
  },
  {
    name: 'delivery-worker',
    service: 'delivery-service',
    entry: 'workers/delivery.js',
    port: 'DELIVERY_WORKER_PORT',
    kind: 'worker',
    database: 'delivery',
    uses: ['payload', 'carrier'],
  },
  {
    name: 'notification-service',
    service: 'notification-service',
    entry: 'notifications/main.js',
    port: 'NOTIFICATION_SERVICE_PORT',
    kind: 'worker',
    database: 'notification',
    uses: ['client', 'mail'],
    background: true,
  },
  {
    name: 'codec-server',
    service: 'codec-server',
    entry: 'api/codec/main.js',
    port: 'CODEC_PORT',
    kind: 'worker',
    uses: ['payload'],
  },
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
