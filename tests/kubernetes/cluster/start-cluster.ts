import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { keepAlive, type ProcessSpec } from '../../../stack/support/managed-process.js';
import type { Progress } from '../../../stack/support/terminal.js';
import { runCommand } from '../../../stack/support/run-command.js';
import { noteImported } from '../parts/images.js';
import type { Parts } from '../parts/parts.js';
import { Kubectl } from '../support/kubectl.js';
import { makeCertificates } from './certificates.js';
import { makeCgroups } from './cgroups.js';
import { controlPlane } from './control-plane.js';
import { importImage, imageOfProgram, removeContainers } from './images.js';
import { writeKubeconfig } from './kubeconfig.js';
import { bringUpNetwork, writeNetworkPlugin } from './network.js';
import { NODE } from './addresses.js';
import { containerd, node, PAUSE_IMAGE } from './node.js';
import { writeVolumes } from './volumes.js';

interface Wish {
  dir: string;
  parts: Parts;
  progress: Progress;
}

export interface Cluster {
  kubeconfig: string;
  stop: () => Promise<void>;
}

/** A cluster of one node, in the namespaces that this process has for itself. */
export async function startCluster({ dir, parts, progress }: Wish): Promise<Cluster> {
  const folder = path.join(dir, 'node');
  mkdirSync(folder, { recursive: true });
  const started: ReturnType<typeof keepAlive>[] = [];
  const start = async (spec: ProcessSpec) => {
    const env = { ...process.env, ...spec.env };
    const keep = {
      records: '/run/holdfast',
      logs: path.join(dir, 'logs'),
      restart: false,
      report: (text: string) => progress.say(text),
    };
    const handle = keepAlive({ ...spec, env }, keep);
    started.push(handle);
    await handle.start();
    return handle;
  };
  const during = async <T>(title: string, work: () => Promise<T>) => {
    const step = progress.step(title);
    try {
      const result = await work();
      step.done();
      return result;
    } catch (error) {
      step.failed();
      throw error;
    }
  };

  const stop = async () => {
    // What writes to what is kept ends in order; the rest would wait for its callers.
    const inOrder = ['kubelet', 'kube-proxy', 'kube-router', 'containerd'];
    for (const process of started.reverse()) await (inOrder.includes(process.name) ? process.stop() : process.kill9());
  };

  try {
    await runCommand('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
    await bringUpNetwork();
    const certificates = await during('certificates', () => makeCertificates(path.join(folder, 'pki')));
    const kubeconfig = writeKubeconfig(folder, 'admin', certificates);
    const kubectl = new Kubectl(parts.programs.kubectl, kubeconfig);

    const { programs } = parts;
    await during('etcd, API server, controllers, scheduler', async () => {
      for (const spec of controlPlane({ folder, programs, certificates })) await start(spec);
    });
    // The API server needs its time for them; the node does not wait for it.
    const defined = during('custom resource definitions', async () => {
      await kubectl.run('create', '--validate=false', '--filename', parts.crds);
      await kubectl.run('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
    });
    defined.catch(() => undefined);
    await during('containerd', async () => {
      const networks = path.join(folder, 'networks');
      writeNetworkPlugin(networks);
      const spec = containerd({ folder, imageStore: parts.imageStore, networks });
      const first = await start(spec);
      // What it had taken for running is to be forgotten by all of it.
      if (await removeContainers()) {
        await first.stop();
        await first.start();
      }
      const pause = { name: PAUSE_IMAGE, program: '/usr/bin/catatonit', as: 'catatonit', args: ['-P'] };
      const coredns = { name: 'localhost/coredns:1', program: programs.coredns, as: 'coredns' };
      for (const wish of [pause, coredns]) await importImage(await imageOfProgram(folder, wish));
    });
    const { file, images } = parts.newImages;
    if (Object.keys(images).length > 0) {
      await during(`${Object.keys(images).length} images`, () => importImage(file));
      noteImported(parts.imageStore, images);
    }
    await during('node', async () => {
      makeCgroups();
      for (const spec of node({ folder, programs, certificates, adminKubeconfig: kubeconfig })) await start(spec);
      await kubectl.run('wait', '--for=create', `node/${NODE}`, '--timeout=60s');
      await kubectl.run('wait', '--for=condition=Ready', `node/${NODE}`, '--timeout=60s');
    });
    await during('volumes, and names inside the cluster', async () => {
      await kubectl.run('apply', '--server-side', '--filename', writeVolumes(folder, 8));
      await kubectl.run('apply', '--server-side', '--filename', path.join(import.meta.dirname, 'dns.yaml'));
      await kubectl.run('--namespace=kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=60s');
    });
    await defined;
    return { kubeconfig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
