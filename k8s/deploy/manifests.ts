import type { Container, Manifest, Workload } from '../check/manifest.js';

/** Stands in an overlay where the build is to be said that its image has. */
const BUILD_PLACEHOLDER = 'BUILD_ID';

const isWorkload = (manifest: Manifest): manifest is Workload => ['Deployment', 'Job'].includes(manifest.kind);

/** Whatever registry and version an overlay names. */
const isOurs = ({ image }: Container) => /(^|\/)holdfast([:@]|$)/.test(image);

/** In JSON, which kubectl reads as it was written: in its older YAML `no` and `off` are no words. */
export const written = (manifest: object) => JSON.stringify(manifest);

/** The overlay with this image, which has this build, in the place of the one that it names. */
export function withImage(manifests: readonly Manifest[], image: string, build: string): string {
  let isNamed = false;
  for (const manifest of manifests.filter(isWorkload)) {
    const { containers, initContainers = [] } = manifest.spec.template.spec;
    for (const container of [...containers, ...initContainers].filter(isOurs)) {
      container.image = image;
      isNamed = true;
    }
  }
  if (!isNamed) throw new Error('the overlay runs no container of ours');
  return manifests.map(written).join('\n---\n').replaceAll(BUILD_PLACEHOLDER, build);
}
