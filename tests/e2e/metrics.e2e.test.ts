import { beforeAll, describe, expect, inject, it } from 'vitest';
import { metricOf, METRICS, TEMPORAL_METRICS, type MetricName, type ProcessName } from '../../contracts/metrics.js';
import { createMetrics } from '../../platform/metrics.js';
import { ourProcesses } from '../../stack/app/processes.js';
import { metricsAt, type MetricsAnswer } from '../support/metrics.js';
import { openShop, placeOrder, reaches, stockedProduct } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

const { gatewayUrl, metricsUrls } = inject('app');
const processes = ourProcesses.map(({ name }) => name as ProcessName);
const ours = Object.keys(METRICS) as MetricName[];
const ofNode = createMetrics('any')
  .registry.getMetricsAsArray()
  .map(({ name }) => name);
const metricsOf = (name: string) => metricsAt(metricsUrls[name] ?? '');

beforeAll(async () => {
  const shop = await openShop(gatewayUrl);
  const product = await stockedProduct(shop);
  const placed = await placeOrder(shop.alice, product);
  await reaches(shop.alice, placed.body.id, 'COMPLETED');
  const declined = await placeOrder(shop.alice, product, { paymentMethod: 'card_declined' });
  await reaches(shop.alice, declined.body.id, 'CANCELLED');
});

describe.each(processes)('%s', (name) => {
  let answer: MetricsAnswer;
  const ofTemporal = Object.entries(TEMPORAL_METRICS).filter(
    ([, { of }]) => name === 'order-worker' || (of === 'workers' && name.endsWith('-worker')),
  );
  const isHere = (metric: string) => answer.has(metric);

  it('answers each metric that the table says it does', async () => {
    const wanted = [
      ...ofNode,
      ...ours.filter((one) => metricOf(one).of.includes(name)),
      // The order worker has no activities in its queue until something goes wrong, or a reconciliation runs.
      ...ofTemporal
        .filter(([metric, { seldom }]) => !seldom && !(name === 'order-worker' && metric.includes('_activity_')))
        .map(([metric]) => metric),
    ];
    await waitFor('what Temporal says of it', async () => {
      answer = await metricsOf(name);
      return wanted.every(isHere);
    }).catch(() => undefined);
    expect(wanted.filter((metric) => !isHere(metric))).toEqual([]);
  });

  it('answers none that the table does not know of it', async () => {
    answer = await metricsOf(name);
    const listed = [
      ...ofNode,
      ...ours.filter((one) => metricOf(one).of.includes(name)),
      ...ofTemporal.map(([one]) => one),
    ];
    expect([...answer.keys()].filter((metric) => !listed.includes(metric))).toEqual([]);
  });

  it('has in its labels what the table says, and no ids', async () => {
    answer = await metricsOf(name);
    const wrong = ours.flatMap((metric) =>
      (answer.get(metric) ?? []).flatMap(({ labels: { service: _service, le: _le, ...labels } }) =>
        Object.entries(labels).filter(([label, value]) => !isListed(metricOf(metric).labels?.[label], value)),
      ),
    );
    expect(wrong).toEqual([]);
    // The gateway's most: each route by method and status. By what is ordered none comes to it.
    const series = [...answer.values()].map((samples) => samples.length);
    expect(series.reduce((sum, count) => sum + count, 0)).toBeLessThan(4_000);
  });
});

/** In words: any that is no id. */
function isListed(values: readonly string[] | string | undefined, value: string): boolean {
  if (values === undefined) return false;
  if (typeof values !== 'string') return values.includes(value);
  return /^\d{3}$/.test(value) || !/\d{2}|ord_|[0-9a-f]{8}-/.test(value);
}

it('the numbers are those of the orders', async () => {
  const finished = (await metricsOf('order-worker')).get('orders_finished_total') ?? [];
  const count = (outcome: string, reason: string) =>
    finished.find(({ labels }) => labels['outcome'] === outcome && labels['reason'] === reason)?.value ?? 0;
  expect(count('COMPLETED', 'none')).toBeGreaterThanOrEqual(1);
  expect(count('CANCELLED', 'PAYMENT_DECLINED')).toBeGreaterThanOrEqual(1);
  const steps = (await metricsOf('order-worker')).get('saga_steps_total') ?? [];
  const undone = steps.find(({ labels }) => labels['step'] === 'release-stock' && labels['outcome'] === 'undone');
  expect(undone?.value).toBeGreaterThanOrEqual(1);
});
