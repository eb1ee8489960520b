import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { readAtScrape } from './metrics.js';

it('a gauge that can not be read shows nothing, and not 0, until it can', async () => {
  const registry = new Registry();
  let away = true;
  const gauges = ['outbox_waiting_events', 'outbox_waiting_seconds'] as const;
  const reading = { outbox_waiting_events: [{ value: 0 }], outbox_waiting_seconds: [{ value: 7 }] };
  const read = () => (away ? Promise.reject(new Error('away')) : Promise.resolve(reading));
  readAtScrape({ registry, gauges, read, keptForMs: -1 });
  const shown = async () => (await registry.metrics()).split('\n').filter((line) => line.startsWith('outbox'));
  expect(await shown()).toEqual([]);
  away = false;
  expect(await shown()).toEqual(['outbox_waiting_events 0', 'outbox_waiting_seconds 7']);
  away = true;
  expect(await shown()).toEqual([]);
});
