import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DASHBOARD_QUERIES } from '../contracts/http/dashboard.js';
import { metricOf, METRICS, TEMPORAL_METRICS, type MetricName } from '../contracts/metrics.js';
import { COMPENSATIONS } from '../contracts/saga-steps.js';
import { createMetrics } from '../platform/metrics.js';
import { ourProcesses } from '../stack/app/processes.js';
import { DASHBOARDS } from './dashboards.js';
import { comparedIn, selectorsOf } from './promql.js';
import { readRules } from './rules.js';

const rules = readRules().groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => rule.alert !== undefined);
const recorded = new Set(rules.flatMap(({ record }) => record ?? []));

/** What no process of ours answers, so that a query is about nothing for ever. */
function unknownIn(query: string): string[] {
  return selectorsOf(query).flatMap(({ metric, matchers }) => {
    if (recorded.has(metric)) return [];
    const labels = labelsOf(metric.replace(/_(bucket|count|sum)$/, ''));
    if (labels === undefined) return [metric];
    // Others may have metrics of the same name.
    const isOurs = matchers.some(({ label, value }) => label === 'job' && value === 'holdfast');
    return [
      ...(isOurs ? [] : [`${metric} of any job`]),
      ...matchers.flatMap(({ label, value }) => {
        const values = { ...labels, job: 'holdfast', process: ourProcesses.map(({ name }) => name) }[label];
        if (values === undefined) return [`${metric}{${label}}`];
        const isPattern = /[.*+\\]/.test(value) || typeof values === 'string';
        return isPattern ? [] : value.split('|').flatMap((one) => (values.includes(one) ? [] : [`${label}="${one}"`]));
      }),
    ];
  });
}

const ofNode = createMetrics('any').registry.getMetricsAsArray();

/** What a metric may have beside job, process and instance; undefined: there is no such metric. */
function labelsOf(name: string): Record<string, readonly string[] | string> | undefined {
  if (name in METRICS) return { le: 'a bucket', ...metricOf(name as MetricName).labels };
  if (name in TEMPORAL_METRICS) return { task_queue: 'any', worker_type: 'any', operation: 'any', le: 'a bucket' };
  return name === 'up' || ofNode.some((one) => one.name === name) ? { kind: 'any' } : undefined;
}

it('what a query is about is checked down to the values of its labels', () => {
  expect(unknownIn('sum(rate(orders_finished_total{job="holdfast", outcome=~"COMPLETED|CANCELLED"}[5m]))')).toEqual([]);
  expect(unknownIn('orders_lost_total{job="holdfast"}')).toEqual(['orders_lost_total']);
  expect(unknownIn('orders_finished_total{job="holdfast", outcom="COMPLETED"}')).toEqual([
    'orders_finished_total{outcom}',
  ]);
  expect(unknownIn('orders_finished_total{outcome="DONE"}')).toEqual([
    'orders_finished_total of any job',
    'outcome="DONE"',
  ]);
  expect(() => unknownIn('sum(rate(up[5m])')).toThrow('no PromQL');
});

it('what an alert compares is told from its conditions', () => {
  expect(comparedIn('sum(a) / b > 0')).toBe('sum(a) / b');
  expect(comparedIn('(a > 14 * c and d > 1) or e > 6')).toBe('a');
  expect(comparedIn('group by (x) (a) unless on (x) (a == 1)')).toBe('group by (x) (a)');
  expect(comparedIn('rate(a[5m])')).toBe('rate(a[5m])');
});

describe.each(rules.map((rule) => [rule.alert ?? `${rule.record} ${rule.labels?.['slo'] ?? ''}`, rule] as const))(
  'rule %s',
  (_name, { expr }) => {
    it('is about what our processes answer', () => {
      expect(unknownIn(expr)).toEqual([]);
    });
  },
);

it.each(Object.entries(DASHBOARDS))('dashboard %s is about what our processes answer', (_name, { rows }) => {
  const queries = Object.values(rows)
    .flat()
    .flatMap((panel) => Object.values(panel.queries));
  expect(queries.flatMap(unknownIn)).toEqual([]);
});

it.each(Object.entries(DASHBOARD_QUERIES))('%s of the desk is about what our processes answer', (_name, query) => {
  expect(unknownIn(query)).toEqual([]);
});

describe.each(alerts.map((rule) => [rule.alert ?? '', rule] as const))('alert %s', (name, { labels, annotations }) => {
  it('says how bad it is, what it is, and where to read what to do', () => {
    expect(['critical', 'warning']).toContain(labels?.['severity']);
    expect(annotations?.['summary']).toMatch(/\.$/);
    const [document = '', anchor] = (annotations?.['runbook'] ?? '').split('#');
    expect(headingsOf(document)).toContain(anchor);
  });

  it('is seen to fire by a scenario', () => {
    expect(readFileSync('monitoring/rules.test.yml', 'utf8')).toContain(`alertname="${name}"`);
  });
});

/** As GitHub makes anchors of them. */
function headingsOf(document: string): string[] {
  return [...readFileSync(document, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('the alert of undoing that fails is about every compensation, and that of other steps about none', () => {
  const named = alerts.flatMap(({ expr }) =>
    selectorsOf(expr)
      .filter(({ metric }) => metric === 'orders_needing_attention')
      .map(({ matchers }) => matchers.find(({ label }) => label === 'step')),
  );
  const all = [...COMPENSATIONS].sort();
  expect(named.map((one) => [one?.op, one?.value.split('|').sort()])).toEqual([
    ['=~', all],
    ['!~', [...all, 'saga'].sort()],
  ]);
});
