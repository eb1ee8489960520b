import { silentAlerts } from './alerts.js';
import { ourContainers, type MadeUp } from './containers.js';
import { workloadsIn, type Manifest } from './manifest.js';
import { networkFindings } from './network.js';
import { unsafePods, unsteadyProcesses } from './pods.js';
import { disagreements } from './runs.js';
import { ourProcesses } from '../../stack/app/processes.js';

/** All that is wrong with a rendered overlay, beside its form. */
export async function findingsIn(manifests: readonly Manifest[], madeUp: MadeUp): Promise<string[]> {
  const ours = ourContainers(manifests, madeUp);
  return [
    ...unsafePods(manifests),
    ...unsteadyProcesses(manifests, ours),
    ...ours.filter(({ process }) => process !== 'wait-for-setup').flatMap(disagreements),
    ...missing(manifests),
    ...networkFindings(manifests, ours),
    ...(await silentAlerts(manifests)),
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
