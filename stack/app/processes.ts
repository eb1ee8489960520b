// @ts-check
import path from 'node:path';
import { checkout } from '../support/paths.js';

/**
 * @typedef {object} OurProcess
 * @property {string} name
 * @property {string} service its name in traces, logs and metrics
 * @property {string} entry below dist/
 * @property {import('../ports.js').PortName} port
 * @property {import('../ports.js').PortName} [metricsPort] where its metrics are not at `port`
 * @property {'gateway' | 'api' | 'worker'} kind what ends first: the gateway, then the APIs, then what works behind them
 * @property {import('./databases.js').DatabaseName} [database]
 * @property {Part[]} uses
 * @property {boolean} [background] no order waits for it
 *
 * @typedef {'payload' | 'userKeys' | 'client' | 'carrier' | 'simulator' | 'mail'} Part settings that only some are given
 */

/** @type {OurProcess[]} */
export const ourProcesses = [
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

/**
 * With a second instance, `<name>-2`, of each of these.
 * @param {string[]} twice
 * @returns {OurProcess[]}
 */
export function withSecondInstances(twice) {
  const second = (/** @type {OurProcess} */ one) => ({
    ...one,
    name: `${one.name}-2`,
    port: /** @type {OurProcess['port']} */ (`${one.port}_2`),
  });
  return ourProcesses.flatMap((one) => (twice.includes(one.name) ? [one, second(one)] : [one]));
}

/**
 * What Node.js is told to run. From its source it is run by tsx, which sees each module that is imported; workflows are none
 * of the order worker's: they go into its bundle.
 * @param {Pick<OurProcess, 'entry'>} one
 * @param {{ dist: string, fromSource: boolean }} how
 */
export function argsOf({ entry }, { dist, fromSource }) {
  const telemetry = path.join('platform', 'telemetry', 'register.js');
  if (!fromSource) return ['--enable-source-maps', '--import', path.join(dist, telemetry), path.join(dist, entry)];
  const tsx = path.join(checkout, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const watching = ['watch', '--clear-screen=false', '--include', 'workflows/**/*.ts'];
  const sources = [telemetry, entry].map((file) => file.replace(/\.js$/, '.ts'));
  return [tsx, ...watching, path.join(checkout, 'stack', 'app', 'from-source.js'), ...sources];
}
