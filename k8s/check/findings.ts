import { spawnSync } from 'node:child_process';
import { type Manifest, workloadsIn } from './manifest.js';
import { ourContainers, type MadeUp } from './containers.js';
import { networkFindings } from './network.js';
import { unsafePods, unsteadyProcesses } from './pods.js';
import { disagreements } from './runs.js';
import { ourProcesses } from '../../stack/app/processes.js';

/** All that is wrong with a rendered overlay, beside its form. */
export function findingsIn(manifests: readonly Manifest[], madeUp: MadeUp): string[] {
  const ours = ourContainers(manifests, madeUp);
  return [
    ...unsafePods(manifests),
    ...unsteadyProcesses(manifests, ours),
    ...ours.filter(({ process }) => process !== 'wait-for-setup').flatMap(disagreements),
    ...missing(manifests),
    ...networkFindings(manifests, ours),
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
