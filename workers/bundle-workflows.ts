import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { temporalTelemetryPlugins } from '../platform/telemetry/telemetry.js';
import { failureConverterPath } from '../platform/temporal/client.js';

// Last step of the build: a worker that bundles at its start needs seconds more and the compiler's packages.
const built = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { code } = await bundleWorkflowCode({
  workflowsPath: built('workflows/index.js'),
  failureConverterPath,
  logger: new DefaultLogger('WARN'),
  plugins: temporalTelemetryPlugins(),
});
await writeFile(built('workflow-bundle.js'), code);

// The build that orders are pinned to: the same for the same workflows, wherever and however often they are built.
const root = built('..');
const content = code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '').replaceAll(root, '/');
const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { version: string };
const hash = createHash('sha256').update(content).digest('hex');
await writeFile(built('workflow-build-id'), `${version}-${hash.slice(0, 12)}`);
