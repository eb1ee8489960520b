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
import type { Server } from './types.js';

export type ServerName =
  | 'postgres'
  | 'redis'
  | 'kafka'
  | 'temporal'
  | 'zipkin'
  | 'maildev'
  | 'kafka-ui'
  | 'temporal-cli'
  | 'test-server'
  | 'tctl'
  | 'chromium';

/** Each queue fetches one after the other, in order of need; the queues run side by side. */
const queues: Server[][] = [
  [postgres, maildev, kafkaUi, chromium],
  [redis, kafka, zipkin, testServer],
  [temporal, temporalCli, tctl],
];

export function queuesOf(only?: ServerName[]) {
  return queues.map((queue) => queue.filter(({ name }) => !only || only.includes(name as ServerName)));
}

export function serversOf(only?: ServerName[]) {
  return queuesOf(only).flat();
}
