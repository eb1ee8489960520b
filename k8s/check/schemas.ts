import { spawnSync } from 'node:child_process';

/** What is wrong with the form of rendered manifests. CloudNativePG's schemas are in no registry that checks may ask. */
export function malformed(kubeconform: string, manifests: string): string[] {
  const args = ['-strict', '-skip', 'postgresql.cnpg.io/v1/Cluster', '-schema-location'];
  const location = 'k8s/schemas/{{.ResourceKind}}{{.KindSuffix}}.json';
  const { status, stdout } = spawnSync(kubeconform, [...args, location], { input: manifests, encoding: 'utf8' });
  return status === 0 ? [] : stdout.trim().split('\n');
}
