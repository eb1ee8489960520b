import { ourProcesses } from '../../stack/app/processes.js';
import type { Environment } from '../environments.js';
import { workloadsIn, type Container, type Manifest, type Workload } from './manifest.js';
import type { Run } from './runs.js';

/** Values for the Secrets that a store of secrets fills, by the Secret's name. */
export type MadeUp = Record<string, Environment>;

export interface OurContainer extends Run {
  workload: Workload;
  container: Container;
}

const IMAGE = /(^|\/)holdfast[:@]/;

/** All containers of our image, with the environment that they will have. */
export function ourContainers(manifests: readonly Manifest[], madeUp: MadeUp): OurContainer[] {
  return workloadsIn(manifests).flatMap((workload) =>
    [...(workload.spec.template.spec.initContainers ?? []), ...workload.spec.template.spec.containers]
      .filter(({ image }) => IMAGE.test(image))
      .map((container) => ({
        workload,
        container,
        where: `${workload.kind} ${workload.metadata.name}, container ${container.name}`,
        process: container.args?.[0] ?? '',
        environment: environmentOf(container, manifests, madeUp),
        shared: Object.keys(mapNamed('site', manifests)),
        ports: (container.ports ?? []).map(({ containerPort }) => containerPort),
      })),
  );
}

/** Those that stay up. */
export const ourProcessContainers = (containers: readonly OurContainer[]): OurContainer[] =>
  containers.filter(({ process }) => ourProcesses.some(({ name }) => name === process));

function environmentOf({ env = [], envFrom = [] }: Container, manifests: readonly Manifest[], madeUp: MadeUp) {
  const environment: Environment = {};
  for (const { configMapRef, secretRef } of envFrom) {
    if (configMapRef) Object.assign(environment, mapNamed(configMapRef.name, manifests));
    if (secretRef) Object.assign(environment, secretNamed(secretRef.name, manifests, madeUp));
  }
  for (const { name, value } of env) if (value !== undefined) environment[name] = value;
  return environment;
}

/** A generated one has a hash after its name. */
function mapNamed(name: string, manifests: readonly Manifest[]): Environment {
  const found = manifests.find(
    ({ kind, metadata }) =>
      kind === 'ConfigMap' && metadata.name.replace(/-[a-z0-9]{10}$/, '') === name.replace(/-[a-z0-9]{10}$/, ''),
  );
  return found?.data ?? {};
}

function secretNamed(name: string, manifests: readonly Manifest[], madeUp: MadeUp): Environment {
  const secret = manifests.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === name);
  if (secret) return decoded(secret.data ?? {});
  const external = manifests.find(({ kind, metadata }) => kind === 'ExternalSecret' && metadata.name === name);
  const keys = (external?.spec?.['data'] ?? []) as { secretKey: string }[];
  return Object.fromEntries(keys.map(({ secretKey }) => [secretKey, madeUp[name]?.[secretKey] ?? 'made up']));
}

const decoded = (data: Record<string, string>): Environment =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
