import { readdir, readFile } from 'node:fs/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Manifest } from './manifest.js';

interface RuleSpec {
  groups: { rules: { alert: string; expr: string }[] }[];
}

/** Alerts on metrics that none of our processes has, and so never fire. */
export async function silentAlerts(manifests: readonly Manifest[]): Promise<string[]> {
  const rules = manifests.filter(({ kind }) => kind === 'PrometheusRule');
  if (rules.length === 0) return [];
  const known = await metricsOfOurs();
  return rules
    .flatMap(({ spec }) => (spec as unknown as RuleSpec).groups.flatMap((group) => group.rules))
    .flatMap(({ alert, expr }) =>
      [...expr.matchAll(/([a-z_:]+)\{/g)]
        .map(([, name = '']) => name.replace(/_(bucket|count|sum)$/, ''))
        .filter((name) => !known.has(name))
        .map((name) => `alert ${alert} is about ${name}, which no process of ours has`),
    );
}

/** What Prometheus itself says of a target, what prom-client says of any process, and what our code says. */
async function metricsOfOurs(): Promise<Set<string>> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const names = ['up', ...registry.getMetricsAsArray().map(({ name }) => name)];
  for (const folder of ['platform', 'clients', 'activities', 'services', 'api', 'workers', 'notifications']) {
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      const text = await readFile(`${folder}/${file}`, 'utf8');
      if (text.includes('prom-client'))
        names.push(...[...text.matchAll(/'([a-z]+(?:_[a-z]+)+)'/g)].map(([, name = '']) => name));
    }
  }
  return new Set(names);
}
