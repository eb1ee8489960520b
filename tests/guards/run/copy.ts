import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';

/** Not copied: git's own, what stacks keep, and the packages, which are linked. */
const LEFT_OUT = ['.git', '.holdfast', 'coverage', 'node_modules'];

/** Caches in which a copy's changed sources would be taken for the checkout's. */
const NOT_SHARED = ['.cache', '.vite', '.vite-temp'];

/** The checkout as it stands, with what was generated and built, and with its packages linked. */
export async function copyCheckout(checkout: string, copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
  await mkdir(path.join(copy, 'node_modules'), { recursive: true });
  for (const entry of await readdir(checkout)) {
    if (LEFT_OUT.includes(entry)) continue;
    await cp(path.join(checkout, entry), path.join(copy, entry), { recursive: true });
  }
  for (const entry of await readdir(path.join(checkout, 'node_modules'))) {
    if (NOT_SHARED.includes(entry)) continue;
    await symlink(path.join(checkout, 'node_modules', entry), path.join(copy, 'node_modules', entry));
  }
}
