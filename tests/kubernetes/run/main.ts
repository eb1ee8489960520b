import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describeMissing, findMissing, thisMachine } from '../../../stack/prerequisites.js';
import { hasCrds, obtainCrds } from '../../../stack/checks/kubernetes.js';
import { runCommand, runNode } from '../../../stack/support/run-command.js';
import { cacheFolder, checkout } from '../../../stack/support/paths.js';
import type { Progress } from '../../../stack/support/terminal.js';
import { installPackages } from '../../containers/packages.js';
import { removeCgroups } from '../cluster/cgroups.js';
import { obtainImages, othersIn } from '../parts/images.js';
import type { PartContext } from '../parts/part-context.js';
import { writeParts } from '../parts/parts.js';
import { hasPrograms, obtainPrograms } from '../parts/programs.js';
import { inNamespaces } from './namespaces.js';

/** Debian's packages, and a file of each. */
const PACKAGES = {
  catatonit: '/usr/bin/catatonit',
  conntrack: '/usr/sbin/conntrack',
  containerd: '/usr/bin/containerd',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  iproute2: '/bin/ip',
  ipset: '/usr/sbin/ipset',
  iptables: '/usr/sbin/iptables',
  openssl: '/usr/bin/openssl',
  runc: '/usr/sbin/runc',
};

interface Run {
  /** What is kept of a run lies below it. */
  dir: string;
  /** For vitest. */
  args: string[];
  /** What to end, last one first. */
  ends: (() => unknown)[];
  progress: Progress;
  signal: AbortSignal;
}

/** Fetches what a cluster needs and runs its tests beside it, both in namespaces of their own. Resolves with the tests' exit code. */
export async function runInCluster({ dir, args, ends, progress, signal }: Run): Promise<number> {
  // What root's programs lie in is not everybody's path.
  const environment = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
  const cache = cacheFolder(environment);
  const cached = { crds: hasCrds(cache), programs: hasPrograms(cache) };
  const needs = {
    java: !cached.crds,
    maven: !cached.crds,
    go: !cached.crds || !cached.programs,
    megabytes: cached.programs ? 6_000 : 12_000,
    folders: [checkout, cache],
  };
  const missing = findMissing(needs, thisMachine);
  if (missing.length > 0) throw new Error(describeMissing(missing, process.platform));

  mkdirSync(cache, { recursive: true });
  for (const former of ['logs', 'node']) rmSync(path.join(dir, former), { recursive: true, force: true });
  const obtain = async <T>(title: string, from: (context: PartContext) => Promise<T>): Promise<T> => {
    const step = progress.step(title);
    try {
      const got = await from({ cache, environment, signal, detail: (text) => step.detail(text) });
      step.done();
      return got;
    } catch (error) {
      step.failed();
      throw error;
    }
  };
  const uninstalled = Object.entries(PACKAGES).flatMap(([name, file]) => (existsSync(file) ? [] : [name]));
  if (uninstalled.length > 0)
    await obtain(uninstalled.join(' '), (context) => installPackages(uninstalled, { ...context, env: environment }));
  const programs = await obtain('Kubernetes, etcd, CoreDNS and kube-router', obtainPrograms);
  const { folder: crds } = await obtain('custom resource definitions', obtainCrds);
  await runCommand('npm', ['run', '--silent', 'k8s:secrets'], { env: environment, signal });
  const others = await othersIn(programs.kubectl, path.join('k8s', 'overlays', 'dev'));
  const imageStore = path.join(cache, 'k8s-images');
  const newImages = await obtainImages({ others, store: imageStore, dir, progress, signal });
  ends.push(() => rmSync(newImages.file, { force: true }));
  writeParts(dir, { programs, crds, imageStore, newImages });

  ends.push(() => removeCgroups());
  // Logs stay; the pods' data do not.
  ends.push(() => rmSync(path.join(dir, 'node'), { recursive: true, force: true }));
  const vitest = path.join('node_modules', 'vitest', 'vitest.mjs');
  return runNode([vitest, 'run', '--project', 'k8s', '--reporter', 'verbose', ...args], {
    env: { ...environment, HOLDFAST_K8S_DIR: dir },
    records: path.join(dir, 'run', 'app'),
    signal,
    within: inNamespaces,
  });
}
