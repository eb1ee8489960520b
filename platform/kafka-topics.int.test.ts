import { randomUUID } from 'node:crypto';
import kafkajs, { type Admin } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { server } from '../tests/support/servers.js';
import { waitFor } from '../tests/support/wait-for.js';
import { ensureTopics, createKafka } from './kafka.js';
import { createLogger } from './logger.js';

const logger = createLogger({ service: 'test', level: 'silent' });
const kafka = createKafka({ brokers: server('KAFKA_BROKERS').split(','), clientId: 'test', logger });
let admin: Admin;
beforeAll(async () => {
  admin = kafka.admin();
  await admin.connect();
});
afterAll(() => admin.disconnect());

async function configsOf(name: string): Promise<Record<string, string>> {
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type, name }] });
  const entries = resources[0]!.configEntries.filter(({ configSource }) => (configSource as number) === 1);
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
}

test('topics that are missing are made, those that are to be kept for ever, with as many copies as is said', async () => {
  const [kept, other] = [randomUUID(), randomUUID()];
  await ensureTopics(kafka, [kept, other], { replication: 1, kept: [kept] });
  expect(await configsOf(kept)).toEqual({ 'retention.ms': '-1' });
  expect(await configsOf(other)).toEqual({});
  // There is one broker.
  await expect(ensureTopics(kafka, [randomUUID()], { replication: 2 })).rejects.toThrow('Topic creation errors');
});

test('a topic that was made otherwise is kept from now on, and has what else was set for it', async () => {
  const topic = randomUUID();
  const configEntries = [
    { name: 'retention.ms', value: '60000' },
    { name: 'max.message.bytes', value: '2000000' },
  ];
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, configEntries }] });
  for (let time = 0; time < 2; time++) await ensureTopics(kafka, [topic], { kept: [topic] });
  // The broker says what it has read so far of what was set.
  const isSet = async () => (await configsOf(topic))['retention.ms'] === '-1';
  await waitFor('the topic to be kept', isSet);
  expect(await configsOf(topic)).toEqual({ 'retention.ms': '-1', 'max.message.bytes': '2000000' });
});
