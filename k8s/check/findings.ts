import { spawnSync } from 'node:child_process';
import { METRICS } from '../../contracts/metrics.js';
import { createMetrics } from '../../platform/metrics.js';
import { type Manifest, workloadsIn } from './manifest.js';
import { ourContainers, type MadeUp } from './containers.js';
import { networkFindings } from './network.js';
import { unsafePods, unsteadyProcesses } from './pods.js';
import { disagreements } from './runs.js';
import { ourProcesses } from '../../stack/app/processes.js';

interface RuleSpec {
  groups: { rules: { alert: string; expr: string }[] }[];
}

/** Alerts on metrics that none of our processes has, and so never fire. */
function silentAlerts(manifests: readonly Manifest[]): string[] {
  const rules = manifests.filter(({ kind }) => kind === 'PrometheusRule');
  return rules
    .flatMap(({ spec }) => (spec as unknown as RuleSpec).groups.flatMap((group) => group.rules))
    .flatMap(({ alert, expr }) =>
      [...expr.matchAll(/([a-z_:]+)\{/g)]
        .map(([, name = '']) => name.replace(/_(bucket|count|sum)$/, ''))
        .filter((name) => !known.has(name))
        .map((name) => `alert ${alert} is about ${name}, which no process of ours has`),
    );
}

/** What Prometheus itself says of a target, what prom-client says of any process, and our own. */
const known = new Set([
  'up',
  ...createMetrics('any')
    .registry.getMetricsAsArray()
    .map(({ name }) => name),
  ...Object.keys(METRICS),
]);

/** All that is wrong with a rendered overlay, beside its form. */
export function findingsIn(manifests: readonly Manifest[], madeUp: MadeUp): string[] {
  const ours = ourContainers(manifests, madeUp);
  return [
    ...unsafePods(manifests),
    ...unsteadyProcesses(manifests, ours),
    ...ours.filter(({ process }) => process !== 'wait-for-setup').flatMap(disagreements),
    ...missing(manifests),
    ...networkFindings(manifests, ours),
    ...silentAlerts(manifests),
  ];
}

function missing(manifests: readonly Manifest[]): string[] {
  const names = workloadsIn(manifests).map(({ metadata }) => metadata.name);
  const there = new Set(
    manifests
      .filter(({ kind }) => ['ConfigMap', 'Secret', 'ExternalSecret'].includes(kind))
      .map(({ kind, metadata }) => `${kind.replace('External', '')} ${metadata.name}`),
  );
  const [namespace] = manifests.filter(({ kind }) => kind === 'Namespace');
  return [
    ...[...ourProcesses.map(({ name }) => name), 'setup']
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is not there`),
    ...workloadsIn(manifests).flatMap(({ metadata, spec: { template } }) =>
      [...(template.spec.initContainers ?? []), ...template.spec.containers]
        .flatMap(({ envFrom = [] }) => envFrom)
        .map(({ configMapRef, secretRef }) =>
          configMapRef ? `ConfigMap ${configMapRef.name}` : `Secret ${secretRef?.name ?? ''}`,
        )
        .filter((name) => !there.has(name))
        .map((name) => `${metadata.name} reads ${name}, which is not there`),
    ),
    ...(namespace?.metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted'
      ? []
      : ['the namespace does not enforce Pod Security restricted']),
  ];
}

/** What is wrong with the form of rendered manifests. CloudNativePG's schemas are in no registry that checks may ask. */
export function malformed(kubeconform: string, manifests: string): string[] {
  const args = ['-strict', '-skip', 'postgresql.cnpg.io/v1/Cluster', '-schema-location'];
  const location = 'k8s/schemas/{{.ResourceKind}}{{.KindSuffix}}.json';
  const { status, stdout } = spawnSync(kubeconform, [...args, location], { input: manifests, encoding: 'utf8' });
  return status === 0 ? [] : stdout.trim().split('\n');
}
