import { NativeConnection, Worker } from '@temporalio/worker';
import type { TaskQueue } from '../../../contracts/services.js';
import { quietRuntime, workerOptions } from './saga-test.js';

const [taskQueue, namespace, address, codePath] = process.argv.slice(2) as [TaskQueue, string, string, string];

/** Any activity that it is given begins, and never ends. */
const neverEnds = () => {
  process.stdout.write('at work\n');
  return new Promise<never>(() => undefined);
};

quietRuntime();
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  namespace,
  ...workerOptions(taskQueue, { chargePayment: neverEnds, recordProgress: neverEnds }, { codePath }),
});
process.stdout.write('ready\n');
await worker.run();
