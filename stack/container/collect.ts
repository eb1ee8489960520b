import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { nodeFileTrace } from '@vercel/nft';
import { entries } from './entries.js';

// The last step of the image's build: `npx tsx stack/container/collect.ts /image` copies what the processes load there, and
// nothing else. Of node_modules that is a tenth: no other platform's binaries, no compilers, no command lines.

const root = process.cwd();
const to = process.argv[2];
if (!to) throw new Error('Where to? npx tsx stack/container/collect.ts <folder>');

// Loaded by name while they run, which a reader of the sources doesn't see.
const { resolve } = createRequire(path.join(root, 'package.json'));
const named = [
  '@opentelemetry/instrumentation/hook.mjs',
  '@temporalio/worker/lib/workflow/workflow-worker-thread.js',
].map((name) => resolve(name));

/** Only what bundles the workflows needs them, and that has been done. */
const compilers = ['**/node_modules/@swc/core*/**', '**/node_modules/{@esbuild,esbuild}/**'];

const files = await nodeFileTrace(
  [
    ...Object.values(entries).map(({ file }) => path.join(root, 'dist', file)),
    ...['main', 'health-check'].map((name) => path.join(root, 'dist', 'stack', 'container', `${name}.js`)),
    path.join(root, 'dist', 'platform', 'telemetry', 'register.js'),
    ...named,
  ],
  // As Node.js itself resolves them.
  { base: root, processCwd: root, conditions: ['node', 'module-sync'], ignore: [...compilers, ...otherPlatforms()] },
);

for (const file of files.fileList) copy(file);
for (const file of ['package.json', 'LICENSE', 'dist/workflow-bundle.js', 'dist/workflow-build-id']) copy(file);
const migrations = ['services', 'notifications'].flatMap((folder) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .map((file) => path.join(folder, file)),
);
for (const file of migrations) copy(file);
fs.cpSync(path.join(root, 'dist', 'web'), path.join(to, 'dist', 'web'), { recursive: true });
process.stdout.write(`${files.fileList.size} files and ${migrations.length} migrations are in ${to}\n`);

/** @param file from the root */
function copy(file: string) {
  const target = path.join(to ?? '', file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.cpSync(path.join(root, file), target, { verbatimSymlinks: true });
}

/** Temporal's package has the binaries of all platforms in it. */
function otherPlatforms() {
  const releases = path.join(root, 'node_modules', '@temporalio', 'core-bridge', 'releases');
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const others = fs.readdirSync(releases).filter((name) => name !== `${arch}-unknown-linux-gnu`);
  return others.map((name) => `**/core-bridge/releases/${name}/**`);
}
