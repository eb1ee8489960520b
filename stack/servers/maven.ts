import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromCache, isCached } from '../support/cache.js';
import { withLock } from '../support/lock.js';
import { runCommand } from '../support/run-command.js';
import type { ServerContext } from './types.js';

const here = path.dirname(fileURLToPath(import.meta.url));

export interface Jars {
  name: string;
  /** the file that says which jars; servers/<name>/pom.xml unless given */
  pom?: string;
  /** what else decides the contents */
  pin?: string;
  /** works on the folder, whose jars are in `libs`, before it counts as fetched */
  finish?: (folder: string) => Promise<void> | void;
}

const pomOf = ({ name, pom }: Jars) => pom ?? path.join(here, name, 'pom.xml');
const pinsOf = (jars: Jars) => [fs.readFileSync(pomOf(jars)), jars.pin ?? ''];

export function hasJars(cache: string, jars: Jars) {
  return isCached({ cache, name: jars.name, pins: pinsOf(jars) });
}

/** Fetches jars, checked against the repository's checksums. */
export function fromMaven(context: Pick<ServerContext, 'cache' | 'environment' | 'signal' | 'detail'>, jars: Jars) {
  const pom = pomOf(jars);
  const { cache, signal, detail } = context;
  const onWait = () => detail('another process is fetching it');
  return fromCache({ cache, name: jars.name, pins: pinsOf(jars), signal, onWait }, async (folder) => {
    // Maven's own repository of jars doesn't bear two writers.
    await withLock(
      path.join(cache, 'maven.lock'),
      { signal, onWait: () => detail('waiting for another fetch by Maven') },
      () =>
        runCommand(
          'mvn',
          [
            '-B',
            '--strict-checksums',
            '--no-transfer-progress',
            '-f',
            pom,
            'dependency:copy-dependencies',
            '-DincludeScope=runtime',
            `-DoutputDirectory=${path.join(folder, 'libs')}`,
          ],
          { env: context.environment, signal, onLine: (line) => detail(line.replace(/^\[INFO\] /, '')) },
        ),
    );
    await jars.finish?.(folder);
    return 'the Maven repository';
  });
}
