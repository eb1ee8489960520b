import type { Container, Manifest, Workload } from '../check/manifest.js';
import { parseManifests } from '../check/render.js';
import { keptBuild } from '../builds/kept-build.js';

/** Stands in an overlay where the build is to be said that its image has. */
const BUILD_PLACEHOLDER = 'BUILD_ID';

const isWorkload = (manifest: Manifest): manifest is Workload => ['Deployment', 'Job'].includes(manifest.kind);

/** Whatever registry and version an overlay names. */
const isOurs = ({ image }: Container) => /(^|\/)holdfast([:@]|$)/.test(image);

/** In JSON, which kubectl reads as it was written: in its older YAML `no` and `off` are no words. */
const written = (manifest: object) => JSON.stringify(manifest);

/** The overlay with this image, which has this build, in the place of the one that it names. */
function withImage(manifests: readonly Manifest[], image: string, build: string): string {
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

const ORDER_WORKER = 'order-worker';

interface DeployContext {
  /** Runs kubectl with these arguments and this input, and gives what it prints. */
  kubectl: (args: readonly string[], input?: string) => Promise<string>;
  say: (text: string) => void;
}

/** What an image is asked, in a pod that runs it. */
const MAIN = ['node', '/app/dist/stack/container/main.js'];
const PRINT_BUILD = ['node', '--print', "fs.readFileSync('dist/workflow-build-id', 'utf8')"];

const APPLY = ['apply', '--server-side', '--field-manager=deploy', '--force-conflicts', '--filename=-'];

/**
 * Brings an image, which holds that build of the Saga, into the cluster by an overlay. Where its Saga is another, the build before stays beside it: orders end
 * with it, and new ones begin with it until the new build is given some by `roll-out`.
 */
export async function deploy(
  { kubectl, say }: DeployContext,
  { overlay, image, build }: { overlay: string; image: string; build: string },
): Promise<void> {
  const rendered = parseManifests(await kubectl(['kustomize', overlay]));
  const namespace = namespaceOf(rendered);
  const inNamespace = [`--namespace=${namespace}`];
  const manifests = withImage(rendered, image, build);

  const there = await kubectl([...inNamespace, 'get', 'deployment', ORDER_WORKER, '--ignore-not-found', '-ojson']);
  if (there.trim() !== '') {
    const old = (await exec({ kubectl }, namespace, PRINT_BUILD)).trim();
    if (old !== build) {
      await kubectl(APPLY, written(keptBuild(JSON.parse(there) as Workload, old)));
      const kept = ['--selector=app.kubernetes.io/part-of=holdfast', '--timeout=10m'];
      await kubectl([...inNamespace, 'rollout', 'status', 'deployment', ...kept]);
      say(`build ${old} stays beside ${build}`);
    }
  }
  // A Job can't be changed.
  await kubectl([...inNamespace, 'delete', 'job', 'setup', '--ignore-not-found', '--wait']);
  await kubectl(APPLY, manifests);
  await kubectl([
    ...[...inNamespace, 'rollout', 'status', 'deployment'],
    ...['--selector=app.kubernetes.io/part-of=holdfast', '--timeout=20m'],
  ]);
  say(`${image} runs, with build ${build}`);
}

/**
 * Which build takes new orders, asked of a worker in the cluster: nobody else has to reach Temporal. Unless said, it is about
 * the build of that worker, also where an older one was brought back.
 */
export async function rollOut(
  { kubectl, say }: DeployContext,
  namespace: string,
  [command = '', ...options]: readonly string[],
): Promise<void> {
  const args = [command, ...options];
  if (command !== 'back' && !options.some((option) => option.startsWith('--build')))
    args.push('--build', (await exec({ kubectl }, namespace, PRINT_BUILD)).trim());
  say((await exec({ kubectl }, namespace, [...MAIN, 'roll-out', ...args])).trim());
}

function exec({ kubectl }: Pick<DeployContext, 'kubectl'>, namespace: string, command: readonly string[]) {
  return kubectl([
    `--namespace=${namespace}`,
    'exec',
    `deployment/${ORDER_WORKER}`,
    '-c',
    'holdfast',
    '--',
    ...command,
  ]);
}

function namespaceOf(manifests: readonly Manifest[]): string {
  const worker = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === ORDER_WORKER);
  if (worker?.metadata.namespace === undefined) throw new Error(`the overlay has no ${ORDER_WORKER} in a namespace`);
  return worker.metadata.namespace;
}
