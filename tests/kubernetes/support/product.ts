import { theCluster } from './cluster.js';
import type { Kubectl } from './kubectl.js';

const NAMESPACE = 'holdfast';

export const OVERLAY = 'tests/kubernetes/overlay';

export interface Product {
  /** kubectl in the product's namespace. */
  kubectl: Kubectl;
  gatewayUrl: string;
}

/** The dev overlay, applied, when all of it is ready. */
export async function startProduct(): Promise<Product> {
  const kubectl = theCluster().in(NAMESPACE);
  await applyOverlay(kubectl);
  await allAvailable(kubectl);
  const { spec } = await kubectl.get<{ spec: { clusterIP: string; ports: { port: number }[] } }>('service', 'gateway');
  return { kubectl, gatewayUrl: `http://${spec.clusterIP}:${spec.ports[0]?.port ?? ''}` };
}

export async function applyOverlay(kubectl: Kubectl): Promise<void> {
  await kubectl.run('apply', '--server-side', '--validate=strict', '--kustomize', OVERLAY);
}

/** Resolves when each Deployment is; rejects with what the pods that aren't say. */
export async function allAvailable(kubectl: Kubectl, seconds = 420): Promise<void> {
  try {
    await kubectl.run('wait', '--for=condition=Available', 'deployment', '--all', `--timeout=${seconds}s`);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${await whatIsWrong(kubectl)}`, { cause: error });
  }
}

interface Pod {
  metadata: { name: string };
  status: {
    containerStatuses?: { name: string; ready: boolean }[];
    initContainerStatuses?: { name: string; ready: boolean }[];
  };
}

async function whatIsWrong(kubectl: Kubectl): Promise<string> {
  const said = [await kubectl.run('get', 'pods,jobs', '--output=wide')];
  const events = await kubectl.run('get', 'events', '--sort-by=.lastTimestamp', '--field-selector=type=Warning');
  said.push(events.split('\n').slice(-40).join('\n'));
  const { items } = await kubectl.get<{ items: Pod[] }>('pods');
  for (const { metadata, status } of items) {
    const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
    const first = all.find(({ ready }) => !ready);
    if (first === undefined) continue;
    const log = await kubectl.run('logs', metadata.name, '--container', first.name, '--tail=15').catch(String);
    said.push(`--- ${metadata.name} ${first.name}\n${log}`);
  }
  return said.join('\n');
}
