import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = '/sys/fs/cgroup';

/** Below it lie all of our node's pods; a kubelet that belongs to this machine has its own elsewhere. */
export const CGROUP = 'holdfast-k8s';

/** One folder with cgroup v2, one for each controller with v1. */
function folders(): string[] {
  if (existsSync(path.join(root, 'cgroup.controllers'))) return [path.join(root, CGROUP)];
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2');
  return mounts.map(([, where = '']) => path.join(where, CGROUP));
}

export function makeCgroups(): void {
  for (const folder of folders()) {
    mkdirSync(folder, { recursive: true });
    // With v1 all pods together would get no more of the processors than any single process of the machine.
    const shares = path.join(folder, 'cpu.shares');
    if (existsSync(shares)) writeFileSync(shares, '20480');
  }
}

/** They outlive their processes. */
export function removeCgroups(): void {
  for (const folder of folders()) if (existsSync(folder)) remove(folder);
}

function remove(folder: string): void {
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of inside) remove(path.join(folder, name));
  rmdirSync(folder);
}
