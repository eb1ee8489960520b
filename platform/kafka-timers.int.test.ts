import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { afterEach, expect, test, vi } from 'vitest';
import { server } from '../tests/support/servers.js';
import { ensureTopics, createKafka } from './kafka.js';
import { createLogger } from './logger.js';

afterEach(() => void vi.restoreAllMocks());

test('an idle connection sets no timers: it waits for its broker alone', async () => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const kafka = createKafka({ brokers: server('KAFKA_BROKERS').split(','), clientId: 'test', logger });
  const topic = `test-${randomUUID()}`;
  await ensureTopics(kafka, [topic]);
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 200 });
  let fetches = 0;
  const fetched = new Promise<void>((resolve) => {
    consumer.on(consumer.events.FETCH, () => (++fetches === 6 ? resolve() : undefined));
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  const timers = vi.spyOn(globalThis, 'setTimeout');
  await consumer.run({ eachMessage: () => Promise.resolve() });
  await fetched;
  // Six fetches take a second, in which each connection that spins sets some hundreds.
  const short = timers.mock.calls.filter(([, ms = 0]) => ms <= 10);
  await consumer.disconnect();
  expect(short.length).toBeLessThan(10);
});

interface Queue {
  throttledUntil: number;
  push(request: object): void;
  fulfillRequest(response: object): void;
  destroy(): void;
}

test('a request that waits is sent: when a throttle ends, and when another request does', async () => {
  const required: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
  const logger = { debug: () => undefined, warn: () => undefined };
  const queue = new (required as new (settings: object) => Queue)({
    maxInFlightRequests: 1,
    requestTimeout: 1_000,
    logger,
  });
  const push = (correlationId: number) =>
    new Promise<void>((resolve) => {
      const entry = { correlationId, resolve: () => undefined, reject: () => undefined };
      queue.push({ entry, expectResponse: true, sendRequest: () => resolve() });
    });
  queue.throttledUntil = Date.now() + 50;
  await push(1);
  expect(Date.now()).toBeGreaterThanOrEqual(queue.throttledUntil);
  const second = push(2);
  queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
  await second;
  queue.destroy();
});
