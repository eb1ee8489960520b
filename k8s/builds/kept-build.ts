import type { Workload } from '../check/manifest.js';

/** Says which build of the Saga a Deployment keeps. */
export const KEPT = 'holdfast/kept-build';

const NAME = 'app.kubernetes.io/name';

/**
 * A Deployment as the order worker's is now, under a name of its own: what its image, its settings and secrets become later
 * is not its affair. Its pods are no others' either.
 */
export function keptBuild({ apiVersion, kind, metadata, spec }: Workload, build: string): Workload {
  const name = `${metadata.name}-${build.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  const { template } = spec;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(metadata.namespace && { namespace: metadata.namespace }),
      labels: { ...metadata.labels, [KEPT]: 'true' },
      annotations: { [KEPT]: build },
    },
    spec: {
      ...spec,
      selector: { matchLabels: { [NAME]: name } },
      template: { ...template, metadata: { labels: { ...template.metadata.labels, [NAME]: name } } },
    },
  };
}

/** What becomes of a kept build. `builds` is what Temporal says of each, `running` the build that the newest pods are. */
export function fateOf(build: string, { builds, running }: { builds: ReadonlyMap<string, string>; running: string }) {
  if (build === running) return 'go: the order worker is of this build itself';
  const status = builds.get(build) ?? 'unknown';
  if (status === 'drained') return 'go: its last order has ended';
  return `stay: it is ${status}`;
}
