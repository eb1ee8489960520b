import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { theCluster } from './support/cluster.js';

const cluster = theCluster();

/** Tried by the API server as if it were applied. */
function tryOut(manifest: object): Promise<string> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'holdfast-')), 'manifest.json');
  writeFileSync(file, JSON.stringify(manifest));
  return cluster.run('apply', '--server-side', '--dry-run=server', '--validate=strict', '--filename', file);
}

const budget = (spec: object) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'tried', namespace: 'default' },
  spec: { selector: { matchLabels: { app: 'tried' } }, ...spec },
});

const scaled = (spec: object) => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'tried', namespace: 'default' },
  spec: { scaleTargetRef: { name: 'tried' }, triggers: [{ type: 'kafka', metadata: { topic: 'orders' } }], ...spec },
});

test('a manifest is tried by the API server itself, down to its last field', async () => {
  await expect(tryOut(budget({ minAvailable: 1 }))).resolves.toContain('serverside-applied');
  await expect(tryOut(budget({ minAvailible: 1 }))).rejects.toThrow('minAvailible');
  await expect(tryOut(budget({ minAvailable: 1, maxUnavailable: 1 }))).rejects.toThrow('cannot be both set');
});

test('and so is what the operators know', async () => {
  await expect(tryOut(scaled({ maxReplicaCount: 3 }))).resolves.toContain('serverside-applied');
  await expect(tryOut(scaled({ maxReplicas: 3 }))).rejects.toThrow('maxReplicas');
});

test('the production overlay is accepted, in a namespace of its own', async () => {
  const folder = path.join(inject('cluster').dir, 'production');
  mkdirSync(folder, { recursive: true });
  const namespace = 'production';
  const resources = [path.relative(folder, path.join('k8s', 'overlays', 'production'))];
  writeFileSync(path.join(folder, 'kustomization.yaml'), JSON.stringify({ resources, namespace }));
  await cluster.run('create', 'namespace', namespace);
  const said = await cluster.run(
    ...['apply', '--server-side', '--dry-run=server', '--validate=strict', '--kustomize', folder],
  );
  for (const kind of ['scaledobject', 'externalsecret', 'podmonitor', 'prometheusrule', 'horizontalpodautoscaler'])
    expect(said).toContain(kind);
});
