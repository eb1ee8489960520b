// @ts-check
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromCache, isCached } from '../support/cache.js';
import { withLock } from '../support/lock.js';
import { runCommand } from '../support/run-command.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * @typedef {object} Jars
 * @property {string} name
 * @property {string} [pom] the file that says which jars; servers/<name>/pom.xml unless given
 * @property {string} [pin] what else decides the contents
 * @property {(folder: string) => Promise<void> | void} [finish] works on the folder, whose jars are in `libs`, before it counts as fetched
 */

/** @param {Jars} jars */
const pomOf = ({ name, pom }) => pom ?? path.join(here, name, 'pom.xml');
/** @param {Jars} jars */
const pinsOf = (jars) => [fs.readFileSync(pomOf(jars)), jars.pin ?? ''];

/** @param {string} cache @param {Jars} jars */
export function hasJars(cache, jars) {
  return isCached({ cache, name: jars.name, pins: pinsOf(jars) });
}

/**
 * Fetches jars, checked against the repository's checksums.
 * @param {Pick<import('./types.js').ServerContext, 'cache' | 'environment' | 'signal' | 'detail'>} context
 * @param {Jars} jars
 */
export function fromMaven(context, jars) {
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
