import type { TestProject } from 'vitest/node';
import { bootApp, freePort, type RunningApp } from '../support/app.js';
import { REVIEWED_PRICE } from '../support/shop.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The running application that all files share. */
    app: Pick<RunningApp, 'gatewayUrl' | 'urls' | 'metricsUrls' | 'redisUrl' | 'temporalNamespace' | 'dir'> & {
      /** Nobody listens there until a test starts a Prometheus. */
      prometheusPort: number;
    };
  }
}

/** Boots the whole application once, on the servers that the environment names. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const prometheusPort = await freePort();
  const app = await bootApp({
    name: 'e2e',
    // Stock is taken by several processes, as it is where there is more than one machine.
    twice: ['inventory-worker'],
    // What is proved is who gets the last unit, not how fast this machine tells a hundred buyers at once.
    env: {
      ORDER_WAIT_MS: '45000',
      CARRIER_DELAY_MS: '500',
      ATTENTION_AFTER: '15s',
      // So that nothing but the provider's webhook tells of a payment.
      PAYMENT_ASKED_EVERY: '1 day',
      TRANSFER_DELAY_MS: '1500',
      // So much that no order is reviewed but those that are made for it.
      REVIEW_ABOVE: String(REVIEWED_PRICE),
      EVENTS_PAGE: 'http://127.0.0.1:9000/by-key?key={orderId}',
      PROMETHEUS_URL: `http://127.0.0.1:${prometheusPort}`,
    },
  });
  provide('app', {
    gatewayUrl: app.gatewayUrl,
    urls: app.urls,
    metricsUrls: app.metricsUrls,
    redisUrl: app.redisUrl,
    temporalNamespace: app.temporalNamespace,
    dir: app.dir,
    prometheusPort,
  });
  return () => app.stop();
}
