import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../../../stack/support/run-command.js';

/** containerd's own client, in the namespace where the kubelet looks. */
const ctr = (...args: string[]) => runCommand('ctr', ['--namespace', 'k8s.io', ...args]);

const digestOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** An image of one static program and nothing else, as `docker save` would write it. */
export async function imageOfProgram(
  folder: string,
  wish: { name: string; program: string; as: string; args?: string[] },
) {
  const { name, program, as, args = [] } = wish;
  const work = path.join(folder, as);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  copyFileSync(program, path.join(work, as));
  const plain = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--mtime=@0', '-C', work];
  await runCommand('tar', [...plain, '-cf', path.join(work, 'layer.tar'), as]);
  const config = {
    architecture: { x64: 'amd64' }[process.arch as string] ?? process.arch,
    os: 'linux',
    config: { User: '65535:65535', Entrypoint: [`/${as}`, ...args] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digestOf(path.join(work, 'layer.tar'))}`] },
  };
  writeFileSync(path.join(work, 'config.json'), JSON.stringify(config));
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
  writeFileSync(path.join(work, 'manifest.json'), JSON.stringify(manifest));
  const file = `${work}.tar`;
  await runCommand('tar', [...plain, '-cf', file, 'manifest.json', 'config.json', 'layer.tar']);
  rmSync(work, { recursive: true });
  return file;
}

export async function importImage(file: string): Promise<void> {
  await ctr('images', 'import', file);
}

/** Removes the containers that a former run left in the store; its images stay. Says whether there were any. */
export async function removeContainers(): Promise<boolean> {
  const names = (await ctr('containers', 'list', '--quiet')).split('\n').filter((name) => name !== '');
  if (names.length > 0) await ctr('containers', 'remove', ...names);
  return names.length > 0;
}
