// @ts-check
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromCache } from '../support/cache.js';
import { withLock } from '../support/lock.js';
import { runCommand } from '../support/run-command.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * The jars that servers/<name>/pom.xml names, checked against the repository's checksums.
 * @param {import('./types.js').ServerContext} context
 * @param {string} name
 * @param {(folder: string) => Promise<void> | void} [finish] works on the folder, whose jars are in `libs`, before it counts as fetched
 */
export function fromMaven(context, name, finish) {
  const pom = path.join(here, name, 'pom.xml');
  const { cache, signal, detail } = context;
  const onWait = () => detail('another process is fetching it');
  return fromCache({ cache, name, pins: [fs.readFileSync(pom), String(finish ?? '')], signal, onWait }, async (folder) => {
    // Maven's own repository of jars doesn't bear two writers.
    await withLock(path.join(cache, 'maven.lock'), { signal, onWait: () => detail('waiting for another fetch by Maven') }, () =>
      runCommand(
        'mvn',
        ['-B', '--strict-checksums', '--no-transfer-progress', '-f', pom, 'dependency:copy-dependencies',
          '-DincludeScope=runtime', `-DoutputDirectory=${path.join(folder, 'libs')}`],
        { env: context.environment, signal, onLine: (line) => detail(line.replace(/^\[INFO\] /, '')) },
      ),
    );
    await finish?.(folder);
    return 'the Maven repository';
  });
}
