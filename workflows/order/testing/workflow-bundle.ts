import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { temporalTelemetryPlugins } from '../../../platform/telemetry/telemetry.js';
import { failureConverterPath } from '../../../platform/temporal/client.js';
import { fromCache } from '../../../stack/support/cache.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const cache = path.join(root, 'node_modules', '.cache', 'workflow-bundles');

const self = 'workflows/order/testing/workflow-bundle.ts';
const watcher = 'workflows/order/testing/one-local-activity.ts';

/** All that workflows may import, and what wraps them. */
const isSource = (file: string) =>
  /^(workflows|contracts|platform|services\/\w+\/domain)\//.test(file) &&
  /(?<!\.test)\.[jt]s$/.test(file) &&
  !/\/(generated|testing)\//.test(file);

let bundle: Promise<{ code: string }> | undefined;

/**
 * The workflows, bundled as for the order worker. That takes seconds of the whole machine, so it is done once for what
 * the sources say, by whichever test file comes first, and kept.
 */
export function workflowBundle(): Promise<{ code: string }> {
  bundle ??= bundleOnce().catch((error: unknown) => {
    bundle = undefined;
    throw error;
  });
  return bundle;
}

async function bundleOnce(): Promise<{ code: string }> {
  const { folder } = await fromCache({ cache, name: 'workflows', pins: [root, ...sources()] }, async (to) => {
    const { code } = await bundleWorkflowCode({
      workflowsPath: path.join(root, 'workflows', 'index.ts'),
      failureConverterPath,
      workflowInterceptorModules: [path.join(root, watcher)],
      plugins: temporalTelemetryPlugins(),
      logger: new DefaultLogger('ERROR'),
    });
    await writeFile(path.join(to, 'bundle.js'), code);
    return 'the sources';
  });
  return { code: await readFile(path.join(folder, 'bundle.js'), 'utf8') };
}

function sources(): Buffer[] {
  const files = ['workflows', 'contracts', 'platform', 'services']
    .flatMap((directory) =>
      readdirSync(path.join(root, directory), { recursive: true, encoding: 'utf8' }).map((file) =>
        path.posix.join(directory, file),
      ),
    )
    .filter(isSource)
    .sort();
  return [...files, self, watcher, 'package-lock.json'].flatMap((file) => [
    Buffer.from(file),
    readFileSync(path.join(root, file)),
  ]);
}
