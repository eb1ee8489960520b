import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { temporalTelemetryPlugins } from '../platform/telemetry/telemetry.js';
import { failureConverterPath } from '../platform/temporal/data-converter.js';

// Last step of the build: a worker that bundles at its start needs seconds more and the compiler's packages.
const built = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { code } = await bundleWorkflowCode({
  workflowsPath: built('workflows/index.js'),
  failureConverterPath,
  logger: new DefaultLogger('WARN'),
  plugins: temporalTelemetryPlugins(),
});
await writeFile(built('workflow-bundle.js'), code);
