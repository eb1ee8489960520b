import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { RETRY_RULES } from '../retry-rules.js';
import type { NotificationStore } from '../notification-store.js';
import type { Outcome } from '../tell-customer.js';
import { orderEvent } from '../testing/events.js';
import { createMessageHandler } from './handle-message.js';

const value = Buffer.from(JSON.stringify(orderEvent('order-created', 'ord_1', 1)));
const message = { key: null, value, timestamp: '0', attributes: 0, offset: '7', headers: {} } satisfies KafkaMessage;

function handlerOf(outcome: Outcome, giveUp: () => Promise<void> = () => Promise.resolve()) {
  const buried: string[] = [];
  const handler = createMessageHandler({
    tellCustomer: () => Promise.resolve(outcome),
    store: { giveUp, markLost: () => Promise.resolve([]) } as Partial<NotificationStore> as NotificationStore,
    rules: RETRY_RULES,
    bury: (_topic, _partition, _message, error) => Promise.resolve(void buried.push(error)),
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  const handle = async () => (await handler.handle('order-created', 3, message)).kind;
  return { handler, handle, buried };
}

const refused: Outcome = { done: false, hindrance: 'not-sent', reason: 'no' };

test('the tries of a message are bounded, also where its group is formed anew between them', async () => {
  const { handler, handle, buried } = handlerOf(refused);
  for (let tries = 1; tries < RETRY_RULES['not-sent'].tries; tries++) {
    expect(await handle()).toBe('try again');
    handler.keepOnly({ 'order-created': [2, 3], 'order-cancelled': [1] });
  }
  expect(await handle()).toBe('handled');
  expect(buried).toEqual(['no']);
});

test.each<Record<string, number[]>>([{ 'order-created': [2] }, {}])(
  'what others read is forgotten: %j',
  async (ours) => {
    const { handler, handle, buried } = handlerOf(refused);
    for (let tries = 1; tries < RETRY_RULES['not-sent'].tries; tries++) await handle();
    handler.keepOnly(ours);
    expect(await handle()).toBe('try again');
    expect(buried).toEqual([]);
  },
);

test('it is one dead letter, however often the database fails at closing its rows', async () => {
  let failures = 0;
  const { handle, buried } = handlerOf({ done: false, hindrance: undefined, reason: 'never' }, () =>
    failures++ < 3 ? Promise.reject(new Error('the database is away')) : Promise.resolve(),
  );
  for (let time = 0; time < 3; time++) expect(await handle()).toBe('try again');
  expect(await handle()).toBe('handled');
  expect(buried).toEqual(['never']);
});
