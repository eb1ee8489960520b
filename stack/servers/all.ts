// @ts-check
import { chromium } from './chromium.js';
import { kafkaUi } from './kafka-ui.js';
import { kafka } from './kafka.js';
import { maildev } from './maildev.js';
import { postgres } from './postgres.js';
import { redis } from './redis.js';
import { tctl } from './tctl.js';
import { temporal, temporalCli } from './temporal.js';
import { testServer } from './test-server.js';
import { zipkin } from './zipkin.js';

/** @typedef {'postgres' | 'redis' | 'kafka' | 'temporal' | 'zipkin' | 'maildev' | 'kafka-ui' | 'temporal-cli' | 'test-server' | 'tctl' | 'chromium'} ServerName */

/**
 * Each queue fetches one after the other, in order of need; the queues run side by side.
 * @type {import('./types.js').Server[][]}
 */
const queues = [
  [postgres, maildev, kafkaUi, chromium],
  [redis, kafka, zipkin, testServer],
  [temporal, temporalCli, tctl],
];

/** @param {ServerName[]} [only] */
export function queuesOf(only) {
  return queues.map((queue) => queue.filter(({ name }) => !only || only.includes(/** @type {ServerName} */ (name))));
}

/** @param {ServerName[]} [only] */
export function serversOf(only) {
  return queuesOf(only).flat();
}
