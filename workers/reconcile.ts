import { parseArgs } from 'node:util';
import { z } from 'zod';
import { lineSchema } from '../contracts/http/common.js';
import { operatorRequestBodySchema } from '../contracts/http/orders.js';
import { FINDING_KINDS, type Acknowledgement, type FindingKind } from '../contracts/reconciliation.js';
import { readEnv } from '../platform/env.js';
import { createTemporalClient, temporalSettingsFrom } from '../platform/temporal/client.js';
import { reconcileSettings } from './config.js';
import { describeReport, notFound, totalOf, runReconciliation, type Progress } from './reconcile/run-reconciliation.js';
import { errorMessage } from '../platform/error-message.js';

// `npm run reconcile`, for any Temporal that the environment names. Ends with 0 when nothing is found, or left, else
// with 1; with 2 when it could not be done.
const { values } = parseArgs({
  options: {
    repair: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    changed: { type: 'boolean', default: false },
    order: { type: 'string', multiple: true },
    acknowledge: { type: 'string' },
    by: { type: 'string' },
    note: { type: 'string' },
  },
});
const temporal = createTemporalClient(temporalSettingsFrom(readEnv(reconcileSettings)));

function show({ checked, counts }: Progress): void {
  const done = Object.entries(checked).map(([source, count]) => `${count} ${source}`);
  process.stderr.write(`\r  ${done.join(', ')}; ${totalOf(counts)} findings`);
}

const acknowledgementSchema = z.object({
  kind: z.enum(Object.keys(FINDING_KINDS) as FindingKind[]),
  by: lineSchema(100),
  note: operatorRequestBodySchema.shape.note,
});

/** What an operator has put right elsewhere: of which orders, and who says so and why. */
function acknowledgement(): { acknowledge?: Acknowledgement } {
  const { acknowledge, by, note, order = [], repair } = values;
  if (acknowledge === undefined && by === undefined && note === undefined) return {};
  const read = acknowledgementSchema.safeParse({ kind: acknowledge, by, note });
  if (!read.success || order.length === 0 || repair)
    throw new Error('--acknowledge takes a kind of finding, with --order, --by and --note, and without --repair');
  return { acknowledge: read.data };
}

try {
  const acknowledged = acknowledgement();
  await temporal.check();
  const report = await runReconciliation({
    workflows: temporal.client.workflow,
    input: {
      repair: values.repair,
      scope: values.changed ? 'changed' : 'all',
      ...(values.order && { orderIds: values.order }),
      ...acknowledged,
    },
    ...(process.stderr.isTTY && { onProgress: show }),
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : describeReport(report)}\n`);
  const missed = notFound(report, values.order, acknowledged.acknowledge);
  for (const line of missed) process.stderr.write(`${line}\n`);
  process.exitCode = report.unknown.length + missed.length > 0 ? 2 : totalOf(report.counts) === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`Could not reconcile: ${errorMessage(error)}\n`);
  process.exitCode = 2;
} finally {
  await temporal.close();
}
