import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { thisMachine } from '../prerequisites.js';
import { fromCache, isCached, type Place } from '../support/cache.js';
import { withLock } from '../support/lock.js';
import { cacheFolder } from '../support/paths.js';
import { runCommand } from '../support/run-command.js';
import type { FetchContext } from './types.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/** For what says nothing while it is fetched or built. */
export function onThisMachine(): FetchContext {
  const cache = cacheFolder();
  fs.mkdirSync(cache, { recursive: true });
  return { cache, environment: process.env, signal: new AbortController().signal, detail: () => undefined };
}

/** A folder of the cache, which one process fills and others wait for. */
export function cached(
  { cache, signal, detail }: Omit<FetchContext, 'environment'>,
  { name, pins }: Pick<Place, 'name' | 'pins'>,
  fill: (folder: string) => Promise<string>,
) {
  return fromCache({ cache, name, pins, signal, onWait: () => detail('another process is at it') }, fill);
}

interface Jars {
  name: string;
  /** The file that says which jars; servers/<name>/pom.xml unless given. */
  pom?: string;
  /** What else decides the contents. */
  pin?: string;
  /** Works on the folder, whose jars are in `libs`, before it counts as fetched. */
  finish?: (folder: string) => Promise<void> | void;
}

const pomOf = ({ name, pom }: Jars) => pom ?? path.join(here, name, 'pom.xml');
const pinsOf = (jars: Jars) => [fs.readFileSync(pomOf(jars)), jars.pin ?? ''];

export function hasJars(cache: string, jars: Jars) {
  return isCached({ cache, name: jars.name, pins: pinsOf(jars) });
}

const quiet = ['-B', '--strict-checksums', '--no-transfer-progress'];
const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime'];

/** Fetches jars, checked against the repository's checksums. */
export function fromMaven(context: FetchContext, jars: Jars) {
  const pom = pomOf(jars);
  const { cache, signal, detail } = context;
  return cached(context, { name: jars.name, pins: pinsOf(jars) }, async (folder) => {
    // Maven's own repository of jars doesn't bear two writers.
    await withLock(
      path.join(cache, 'maven.lock'),
      { signal, onWait: () => detail('waiting for another fetch by Maven') },
      () =>
        runCommand('mvn', [...quiet, '-f', pom, ...copy, `-DoutputDirectory=${path.join(folder, 'libs')}`], {
          env: context.environment,
          signal,
          onLine: (line) => detail(line.replace(/^\[INFO\] /, '')),
        }),
    );
    await jars.finish?.(folder);
    return 'the Maven repository';
  });
}

export function javaProgram(environment: NodeJS.ProcessEnv) {
  return environment.JAVA_HOME ? path.join(environment.JAVA_HOME, 'bin', 'java') : 'java';
}

/**
 * @param heap the greatest size of the heap in MB
 * @returns a small machine's settings: little memory, quick to start
 */
export function javaFlags(heap: number): string[] {
  return [`-Xmx${heap}m`, '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];
}

/**
 * Builds a program from a Go module, whose go.sum says what its sources must be.
 * @param tool name: of the module's folder beside this file, or the whole path of another
 */
export async function buildGoTool(
  { environment, signal, detail }: Omit<FetchContext, 'cache'>,
  tool: { name: string; package: string; ldflags?: string; to: string },
) {
  const cwd = path.resolve(here, tool.name);
  const env = { ...environment, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath -buildvcs=false', GOWORK: 'off' };
  const args = ['build', '-v', '-ldflags', `-s -w ${tool.ldflags ?? ''}`.trim(), '-o', tool.to, tool.package];
  let packages = 0;
  const onLine = (line: string) =>
    detail(line.startsWith('go: ') ? line.slice(4) : `compiled ${++packages} packages, now ${line}`);
  await runCommand('go', args, { cwd, env, signal, onLine });
}

/**
 * @param name as above
 * @returns what decides the outcome of a build
 */
export function goPins(name: string): Buffer[] {
  return ['go.mod', 'go.sum'].map((file) => fs.readFileSync(path.resolve(here, name, file)));
}

/**
 * Installs what a requirements.txt pins with its hashes, into a folder of the cache.
 * @param what requirements: the path of the file
 * @returns the folder, whose programs are in `bin`
 */
export async function fromPip(
  context: FetchContext,
  { name, requirements }: { name: string; requirements: string },
): Promise<string> {
  // Some packages are built for one version of Python.
  const pins = [fs.readFileSync(requirements), thisMachine.ask('python3', ['--version']) ?? ''];
  const { environment, signal, detail } = context;
  const { folder } = await cached(context, { name, pins }, async (to) => {
    const args = ['install', '--disable-pip-version-check', '--no-input', '--no-deps', '--only-binary', ':all:'];
    await runCommand('python3', ['-m', 'pip', ...args, '--require-hashes', '--target', to, '-r', requirements], {
      env: environment,
      signal,
      onLine: detail,
    });
    return 'PyPI';
  });
  return folder;
}

interface Release {
  /** Below which its files lie. */
  release: string;
  /** The name of its list of SHA-256 sums. */
  checksums: string;
  archive: string;
  /** What is wanted of the archive, which goes into `folder`. */
  members: string[];
  folder: string;
}

/** Of an archive that a project has built, checked against the release's list of checksums. Rejects when it can't be had quickly. */
export async function officialDownload(
  { environment, signal, detail }: Omit<FetchContext, 'cache'>,
  { release, checksums, archive, members, folder }: Release,
): Promise<void> {
  detail('asking for the official download');
  const sums = await (await get(`${release}/${checksums}`, 8_000, signal)).text();
  const line = sums.split('\n').find((one) => one.trim().endsWith(archive));
  const expected = line?.split(/\s+/)[0];
  if (!expected) throw new Error(`no checksum of ${archive}`);
  detail(`downloading ${archive}`);
  const bytes = Buffer.from(await (await get(`${release}/${archive}`, 120_000, signal)).arrayBuffer());
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== expected) throw new Error(`${archive} has the checksum ${actual}, not ${expected}`);
  const file = path.join(folder, archive);
  fs.writeFileSync(file, bytes);
  await runCommand('tar', ['-xzf', file, '-C', folder, ...members], { env: environment, signal });
  fs.rmSync(file);
}

/** @param within milliseconds */
export async function get(url: string, within: number, signal: AbortSignal) {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(within)]) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response;
}
