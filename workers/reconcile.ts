import { parseArgs } from 'node:util';
import { readEnv } from '../platform/env.js';
import { createTemporalClient } from '../platform/temporal/client.js';
import { temporalSettingsFrom } from '../platform/temporal/settings.js';
import { settings } from './config/reconcile.js';
import { describeReport, totalOf } from './reconcile/describe-report.js';
import { runReconciliation, type Progress } from './reconcile/run-reconciliation.js';

// `npm run reconcile`, for any Temporal that the environment names. Ends with 0 when nothing is found, or left, else
// with 1; with 2 when it could not be done.
const { values } = parseArgs({
  options: {
    repair: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    changed: { type: 'boolean', default: false },
    order: { type: 'string', multiple: true },
  },
});
const temporal = createTemporalClient(temporalSettingsFrom(readEnv(settings)));

function show({ checked, counts }: Progress): void {
  const done = Object.entries(checked).map(([source, count]) => `${count} ${source}`);
  process.stderr.write(`\r  ${done.join(', ')}; ${totalOf(counts)} findings`);
}

try {
  await temporal.check();
  const report = await runReconciliation({
    workflows: temporal.client.workflow,
    input: {
      repair: values.repair,
      scope: values.changed ? 'changed' : 'all',
      ...(values.order && { orderIds: values.order }),
    },
    ...(process.stderr.isTTY && { onProgress: show }),
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : describeReport(report)}\n`);
  process.exitCode = report.unknown.length > 0 ? 2 : totalOf(report.counts) === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`Could not reconcile: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
} finally {
  await temporal.close();
}
