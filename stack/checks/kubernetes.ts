import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoTool, cached, goPins, javaProgram, fromMaven } from '../servers/registries.js';
import type { FetchContext } from '../servers/types.js';
import { isCached } from '../support/cache.js';
import { runCommand } from '../support/run-command.js';

const toolsModule = fileURLToPath(new URL('kubernetes', import.meta.url));

const packages = {
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform',
};

/**
 * Where there is one.
 * @returns the command that renders a folder
 */
export function kubectlKustomize(): string[] | undefined {
  try {
    execFileSync('kubectl', ['kustomize', '--help'], { stdio: 'ignore' });
    return ['kubectl', 'kustomize'];
  } catch {
    return undefined;
  }
}

/**
 * What renders the manifests, and what holds them against schemas, built here. Rejects where there is no Go.
 * @returns the command that renders a folder, and a path
 */
export async function obtainKubernetesTools(
  context: FetchContext,
): Promise<{ kustomize: string[]; kubeconform: string }> {
  const what = { name: 'kubernetes-tools', pins: goPins(toolsModule) };
  const { folder } = await cached(context, what, async (to) => {
    for (const [name, source] of Object.entries(packages))
      await buildGoTool(context, { name: toolsModule, package: source, to: path.join(to, name) });
    return 'their sources, built here';
  });
  return { kustomize: [path.join(folder, 'kustomize'), 'build'], kubeconform: path.join(folder, 'kubeconform') };
}

const crdsModule = fileURLToPath(new URL('crds', import.meta.url));
const pom = path.join(crdsModule, 'pom.xml');

/** Where each module keeps its definitions, one a file. */
const folders = {
  'github.com/kedacore/keda/v2': 'config/crd/bases',
  'github.com/prometheus-operator/prometheus-operator': 'example/prometheus-operator-crd',
  'github.com/external-secrets/external-secrets': 'config/crds/bases',
};

const ofStrimzi = ['kafka.Kafka', 'nodepool.KafkaNodePool', 'topic.KafkaTopic', 'user.KafkaUser'];

const place = (cache: string) => ({
  cache,
  name: 'kubernetes-crds',
  pins: [...goPins(crdsModule), fs.readFileSync(pom), JSON.stringify([folders, ofStrimzi])],
});

export const hasCrds = (cache: string) => isCached(place(cache));

/**
 * The CustomResourceDefinitions of KEDA, prometheus-operator, External Secrets and Strimzi, of the versions that go.mod and pom.xml pin.
 * @returns a folder of YAML files, one definition each
 */
export function obtainCrds(context: FetchContext): Promise<{ folder: string; from: string }> {
  const { cache, environment, signal, detail } = context;
  return cached(context, place(cache), async (folder) => {
    detail('their Go modules');
    const env = { ...environment, GOWORK: 'off', GOFLAGS: '-mod=readonly' };
    const args = ['mod', 'download', '-json', ...Object.keys(folders)];
    const said = await runCommand('go', args, { cwd: crdsModule, env, signal });
    for (const { Path, Dir } of jsonObjects(said)) {
      const from = path.join(Dir, folders[Path as keyof typeof folders]);
      for (const file of fs.readdirSync(from)) {
        const text = fs.readFileSync(path.join(from, file), 'utf8');
        if (/^kind: CustomResourceDefinition$/m.test(text)) fs.writeFileSync(path.join(folder, file), text);
      }
    }

    const { folder: jars } = await fromMaven(context, { name: 'strimzi-crds', pom });
    const java = javaProgram(environment);
    for (const model of ofStrimzi) {
      detail(`Strimzi's ${model}`);
      const kind = model.slice(model.indexOf('.') + 1);
      const to = path.join(folder, `kafka.strimzi.io_${kind.toLowerCase()}.yaml`);
      const generator = ['-cp', path.join(jars, 'libs', '*'), 'io.strimzi.crdgenerator.CrdGenerator'];
      const wish = ['--label', 'app:strimzi', '--target-kube', '1.25+', `io.strimzi.api.kafka.model.${model}=${to}`];
      await runCommand(java, [...generator, ...wish], { env: environment, signal });
    }
    return 'their Go modules and the Maven repository';
  });
}

/** @param text objects one after another, as `go … -json` writes them */
function jsonObjects(text: string): { Path: string; Dir: string }[] {
  return JSON.parse(`[${text.trim().replaceAll(/^}\n{$/gm, '},{')}]`) as { Path: string; Dir: string }[];
}
