import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import kafkajs from 'kafkajs';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { startSilentProxy, type SilentProxy } from '../../tests/support/silent-proxy.js';
import { server } from '../../tests/support/servers.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { RETRY_RULES } from '../retry-rules.js';
import type { NotificationStore } from '../notification-store.js';
import { orderEvent } from '../testing/events.js';
import { startConsumer } from './consumer.js';

const { Kafka, logLevel } = kafkajs;
const brokers = server('KAFKA_BROKERS').split(',');
const lines: string[] = [];
const logger = createLogger({ service: 'test', level: 'warn' }, { write: (line) => void lines.push(line) });

let proxy: SilentProxy;
beforeAll(async () => {
  const [host = '', port] = brokers[0]!.split(':');
  proxy = await startSilentProxy({ host, port: Number(port) });
});
afterAll(() => proxy.close());

test(
  'a consumer that stalls without an error is noticed, counted, and left for a new one',
  { timeout: 90_000 },
  async () => {
    const name = `test-${randomUUID()}`;
    const told: string[] = [];
    const registry = new Registry();
    const consumer = startConsumer({
      // With requests that nobody times: as where kafkajs has lost track of its own fetch.
      kafka: new Kafka({
        brokers,
        enforceRequestTimeout: false,
        logLevel: logLevel.NOTHING,
        socketFactory: ({ onConnect }) => connect(proxy.port, proxy.host, onConnect),
      }),
      groupId: name,
      topics: [name],
      deadLetterTopic: `${name}-dlq`,
      rules: RETRY_RULES,
      tellCustomer: (event) => {
        told.push(event.subject);
        return Promise.resolve({ done: true });
      },
      store: {} as NotificationStore,
      // The old member's session is over by then, so that the group is formed anew at once.
      stallMs: 16_000,
      registry,
      logger,
    });
    const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    const publish = (orderId: string) =>
      producer.send({ topic: name, messages: [{ value: JSON.stringify(orderEvent('order-created', orderId, 1)) }] });
    await waitFor('the consumer to read', () => (consumer.check(), true), { timeoutMs: 30_000 });
    await publish('before');
    await waitFor('the first event', () => told.includes('before'));
    proxy.swallow();
    await publish('after');
    await waitFor('the event after', () => told.includes('after'), { timeoutMs: 60_000 });
    expect(lines.filter((line) => line.includes('the consumer has stalled'))).toHaveLength(1);
    expect((await registry.getSingleMetric('notification_consumer_stalls_total')?.get())?.values[0]?.value).toBe(1);
    await producer.disconnect();
    await consumer.stop();
  },
);
