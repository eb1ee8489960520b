import path from 'node:path';
import { buildGoTool, goPins } from '../../../stack/servers/registries.js';
import { fromCache, isCached } from '../../../stack/support/cache.js';
import type { PartContext } from './part-context.js';

const modules = path.join(import.meta.dirname, '..', 'modules');

const KUBERNETES = 'v1.34.4';
/** What a released build says it is; without it a kubelet and its API server take each other for ancient. */
const [major, minor] = KUBERNETES.slice(1).split('.');
const version = [
  ['k8s.io/component-base/version.gitVersion', KUBERNETES],
  ['k8s.io/component-base/version.gitMajor', major],
  ['k8s.io/component-base/version.gitMinor', minor],
  ['k8s.io/client-go/pkg/version.gitVersion', KUBERNETES],
];

interface Module {
  /** Its folder below modules/. */
  name: string;
  /** The packages of its programs, by the programs' names. */
  programs: Record<string, string>;
  ldflags?: string;
}

const ofKubernetes = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
] as const;

const MODULES: Module[] = [
  {
    name: 'kubernetes',
    programs: Object.fromEntries(ofKubernetes.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`])),
    ldflags: version.map(([name, value]) => `-X ${name}=${value}`).join(' '),
  },
  { name: 'etcd', programs: { etcd: 'go.etcd.io/etcd/server/v3' } },
  { name: 'coredns', programs: { coredns: 'github.com/coredns/coredns' } },
  { name: 'kube-router', programs: { 'kube-router': 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router' } },
];

export type ProgramName = (typeof ofKubernetes)[number] | 'etcd' | 'coredns' | 'kube-router';

/** Where each lies. */
export type Programs = Record<ProgramName, string>;

function placeOf(cache: string, { name, ldflags = '' }: Module) {
  return { cache, name: `k8s-${name}`, pins: [...goPins(path.join(modules, name)), ldflags] };
}

export function hasPrograms(cache: string): boolean {
  return MODULES.every((module) => isCached(placeOf(cache, module)));
}

/** The programs of a cluster, built from their sources where the cache has none of these versions. */
export async function obtainPrograms(context: PartContext): Promise<Programs> {
  const found: [string, string][] = [];
  // One after another: each keeps all cores busy by itself.
  for (const module of MODULES) {
    const onWait = () => context.detail(`another process is building ${module.name}`);
    const place = { ...placeOf(context.cache, module), signal: context.signal, onWait };
    const { folder } = await fromCache(place, async (folder) => {
      for (const [name, from] of Object.entries(module.programs)) {
        await buildGoTool(
          { ...context, detail: (text) => context.detail(`${name}: ${text}`) },
          {
            name: path.join(modules, module.name),
            package: from,
            ldflags: module.ldflags,
            to: path.join(folder, name),
          },
        );
      }
      return 'their sources, built here';
    });
    found.push(...Object.keys(module.programs).map((name): [string, string] => [name, path.join(folder, name)]));
  }
  return Object.fromEntries(found) as Programs;
}
