import { expect, it } from 'vitest';
import { selects, type Workload } from '../check/manifest.js';
import { fateOf, keptBuild } from './kept-build.js';

const labels = {
  'app.kubernetes.io/name': 'order-worker',
  'app.kubernetes.io/part-of': 'holdfast',
  'reaches/kafka': '',
};
const orderWorker: Workload = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'order-worker', namespace: 'holdfast', annotations: { 'deployment.kubernetes.io/revision': '7' } },
  spec: {
    selector: { matchLabels: { 'app.kubernetes.io/name': 'order-worker' } },
    template: { metadata: { labels }, spec: { containers: [{ name: 'holdfast', image: 'holdfast:1' }] } },
  },
};
const kept = keptBuild(orderWorker, '0.1.0+AB12');

it('keeps all but the name', () => {
  expect(kept.metadata.name).toBe('order-worker-0-1-0-ab12');
  expect(kept.metadata.annotations).toEqual({ 'holdfast/kept-build': '0.1.0+AB12' });
  expect(kept.spec.template.spec).toEqual(orderWorker.spec.template.spec);
  expect(kept.spec.template.metadata.labels['reaches/kafka']).toBe('');
});

it('has pods of its own', () => {
  expect(selects(kept.spec.selector!, kept.spec.template.metadata.labels)).toBe(true);
  expect(selects(orderWorker.spec.selector!, kept.spec.template.metadata.labels)).toBe(false);
  expect(selects(kept.spec.selector!, labels)).toBe(false);
});

it.each([
  ['draining', 'new', /^stay/],
  ['current', 'new', /^stay/],
  ['inactive', 'new', /^stay/],
  [undefined, 'new', /^stay: it is unknown/],
  ['drained', 'new', /^go/],
  ['draining', 'old', /^go: the order worker is of this build/],
])('one that is %s while %s runs', (status, running, fate) => {
  const builds = new Map(status === undefined ? [] : [['old', status]]);
  expect(fateOf('old', { builds, running })).toMatch(fate);
});
