import path from 'node:path';
import { checkout } from '../support/paths.js';
import { answersOk } from '../support/probes.js';
import type { Server } from './types.js';

/** Shows what is in Kafka on a page; it waits for none. */
export const kafkaUi: Server = {
  name: 'kafka-ui',
  settings: ['KAFKA_UI_URL'],
  ports: ['KAFKA_UI_PORT'],
  obtain: () => ({ from: 'this repository' }),
  prepare: ({ ports, environment }) => ({
    name: 'kafka-ui',
    command: process.execPath,
    args: [path.join(checkout, 'stack', 'run.js'), 'kafka-ui'],
    env: {
      ...environment,
      KAFKA_BROKERS: environment.KAFKA_BROKERS || `127.0.0.1:${ports.KAFKA_PORT}`,
      HOST: '127.0.0.1',
      PORT: `${ports.KAFKA_UI_PORT}`,
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
    },
    background: true,
    within: 30_000,
    ready: () => answersOk(`http://127.0.0.1:${ports.KAFKA_UI_PORT}/healthz`),
  }),
  describe: ({ ports }) => ({ KAFKA_UI_URL: `http://127.0.0.1:${ports.KAFKA_UI_PORT}` }),
  answers: ({ KAFKA_UI_URL }) => answersOk(`${KAFKA_UI_URL}/healthz`),
};
