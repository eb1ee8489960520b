import type { TestProject } from 'vitest/node';
import { createProgress } from '../../stack/support/terminal.js';
import { startCluster } from './cluster/start-cluster.js';
import { readParts } from './parts/parts.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster that all files share. */
    cluster: { kubectl: string; kubeconfig: string; dir: string; changedBuild: string };
  }
}

/** Brings up the cluster once, in the namespaces that `npm run test:k8s` has made. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const dir = process.env.HOLDFAST_K8S_DIR;
  if (dir === undefined) throw new Error('these tests are started by: npm run test:k8s');
  const parts = readParts(dir);
  const cluster = await startCluster({ dir, parts, progress: createProgress() });
  const { kubectl } = parts.programs;
  provide('cluster', { kubectl, kubeconfig: cluster.kubeconfig, dir, changedBuild: parts.newImages.changedBuild });
  return () => cluster.stop();
}
