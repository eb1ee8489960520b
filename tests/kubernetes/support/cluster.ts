import { inject } from 'vitest';
import { Kubectl } from './kubectl.js';

/** The cluster that the tests share. */
export function theCluster(): Kubectl {
  const { kubectl, kubeconfig } = inject('cluster');
  return new Kubectl(kubectl, kubeconfig);
}
