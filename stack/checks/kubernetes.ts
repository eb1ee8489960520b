import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoTool, goPins } from '../servers/go-tool.js';
import { fromCache } from '../support/cache.js';
import { cacheFolder } from '../support/paths.js';
import type { ServerContext } from '../servers/types.js';

const module = fileURLToPath(new URL('kubernetes', import.meta.url));

const packages = {
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform',
};

/** For tools that say nothing while they are fetched or built. */
export function onThisMachine() {
  const cache = cacheFolder();
  fs.mkdirSync(cache, { recursive: true });
  return { cache, environment: process.env, signal: new AbortController().signal, detail: () => undefined };
}

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
  context: Pick<ServerContext, 'cache' | 'environment' | 'signal' | 'detail'>,
): Promise<{ kustomize: string[]; kubeconform: string }> {
  const what = { cache: context.cache, name: 'kubernetes-tools', pins: goPins(module), signal: context.signal };
  const { folder } = await fromCache(what, async (to) => {
    for (const [name, source] of Object.entries(packages))
      await buildGoTool(context, { name: module, package: source, to: path.join(to, name) });
    return 'their sources, built here';
  });
  return { kustomize: [path.join(folder, 'kustomize'), 'build'], kubeconform: path.join(folder, 'kubeconform') };
}
