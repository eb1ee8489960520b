import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { readAtScrape } from './metrics.js';

it('a gauge that can not be read shows nothing, and not 0, until it can', async () => {
  const registry = new Registry();
  let away = true;
  const gauges = ['outbox_waiting_events', 'notification_consumer_lag'] as const;
  const reading = {
    outbox_waiting_events: [{ value: 0 }],
    notification_consumer_lag: [{ labels: { topic: 'order-created' }, value: 7 }],
  };
  const read = () => (away ? Promise.reject(new Error('away')) : Promise.resolve(reading));
  readAtScrape({ registry, gauges, read, keptForMs: -1 });
  const shown = async () =>
    (await registry.metrics()).split('\n').filter((line) => /^(outbox|notification)/.test(line));
  expect(await shown()).toEqual([]);
  away = false;
  expect(await shown()).toEqual(
    expect.arrayContaining([
      'outbox_waiting_events 0',
      'notification_consumer_lag{topic="order-created"} 7',
      'notification_consumer_lag{topic="order-cancelled"} 0',
    ]),
  );
  away = true;
  expect(await shown()).toEqual([]);
});
