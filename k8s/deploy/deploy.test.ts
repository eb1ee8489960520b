import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseManifests } from '../check/render.js';
import { deploy, rollOut } from './deploy.js';

const worker = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: order-worker, namespace: shop, labels: { app.kubernetes.io/part-of: holdfast } }
spec:
  replicas: 3
  selector: { matchLabels: { app.kubernetes.io/name: order-worker } }
  template:
    metadata: { labels: { app.kubernetes.io/name: order-worker, reaches/temporal: '' } }
    spec:
      initContainers: [{ name: wait-for-setup, image: 'registry.example.com/holdfast:0.1.0' }]
      containers: [{ name: holdfast, image: 'registry.example.com/holdfast:0.1.0' }, { name: other, image: 'redis:7', args: ['no'] }]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: order-worker, namespace: shop }
spec: { triggers: [{ metadata: { workerDeploymentBuildId: BUILD_ID } }] }
`;

/** A cluster in which the order worker runs that build; gives what it was asked, and what was applied. */
function cluster(running: string | undefined) {
  const asked: string[] = [];
  const applied: Record<string, unknown>[][] = [];
  return {
    asked,
    applied,
    said: [] as string[],
    kubectl: (args: readonly string[], input?: string) => {
      const line = args.filter((arg) => arg === '--build' || !arg.startsWith('--')).join(' ');
      asked.push(line);
      // As kubectl reads it.
      const documents = parseAllDocuments(input ?? '', { version: '1.1' });
      if (input !== undefined) applied.push(documents.map((each) => each.toJS() as Record<string, unknown>));
      if (line.startsWith('kustomize')) return Promise.resolve(worker);
      if (line.startsWith('get deployment '))
        return Promise.resolve(running ? JSON.stringify(parseManifests(worker)[0]) : '');
      if (line.includes('workflow-build-id')) return Promise.resolve(`${running}\n`);
      return Promise.resolve('');
    },
  };
}

async function up(running: string | undefined) {
  const there = cluster(running);
  const say = (text: string) => void there.said.push(text);
  await deploy({ ...there, say }, { overlay: 'o', image: 'registry/holdfast@sha256:1', build: 'new' });
  return there;
}

const names = (manifests: Record<string, unknown>[] | undefined) =>
  manifests?.map((each) => (each['metadata'] as { name: string }).name);

it('brings the image and its build into what the overlay has', async () => {
  const { applied, asked } = await up(undefined);
  expect(applied).toHaveLength(1);
  const text = JSON.stringify(applied[0]);
  expect(text.match(/registry\/holdfast@sha256:1/g)).toHaveLength(2);
  expect(text).toContain('redis:7","args":["no"]');
  expect(text).not.toContain('0.1.0');
  expect(text).toContain('"workerDeploymentBuildId":"new"');
  expect(asked.findIndex((line) => line.startsWith('delete job setup'))).toBeLessThan(
    asked.findIndex((line) => line.startsWith('apply')),
  );
  expect(asked.at(-1)).toContain('rollout status');
});

it('keeps the build that runs beside another one, ready before its own pods are replaced', async () => {
  const { applied, asked, said } = await up('0.1.0-abc');
  expect(applied.map(names)).toEqual([['order-worker-0-1-0-abc'], ['order-worker', 'order-worker']]);
  const [first, second] = asked.flatMap((line, at) => (line.startsWith('apply') ? [at] : []));
  expect(asked.slice(first, second).some((line) => line.startsWith('rollout status'))).toBe(true);
  expect(said).toContain('build 0.1.0-abc stays beside new');
});

it('keeps nothing where the Saga is the same', async () => {
  expect((await up('new')).applied.map(names)).toEqual([['order-worker', 'order-worker']]);
});

it.each([
  [['canary', '--for=5m'], 'roll-out canary --build old'],
  [['promote'], 'roll-out promote --build old'],
  [['promote', '--build=other'], 'roll-out promote'],
  [['back'], 'roll-out back'],
])('asks a worker for %j, about its own build unless another is said', async (args, asks) => {
  const { asked, kubectl } = cluster('old');
  await rollOut({ kubectl, say: () => undefined }, 'shop', args);
  expect(asked.at(-1)?.endsWith(asks)).toBe(true);
});

it('finds where the production overlay wants its build', () => {
  const overlay =
    readFileSync('k8s/overlays/production/kustomization.yaml', 'utf8') +
    readFileSync('k8s/overlays/production/scaling.yaml', 'utf8');
  expect(overlay).toContain('BUILD_ID');
});
