import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';

/** A process of its own, as the Saga's workers are, so that what it uses can be told from the bench's own. */
const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
const workers = await Promise.all([
  Worker.create({
    connection,
    taskQueue: 'bench-saga',
    workflowsPath: fileURLToPath(new URL('./no-op-workflow.ts', import.meta.url)),
  }),
  Worker.create({
    connection,
    taskQueue: 'bench-steps',
    activities: { noOp: () => Promise.resolve() },
  }),
]);
process.once('SIGTERM', () => workers.forEach((worker) => worker.shutdown()));
process.send?.('ready');
await Promise.all(workers.map((worker) => worker.run()));
await connection.close();
process.disconnect();
