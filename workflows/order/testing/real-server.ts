import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createTestNamespace } from '../../../tests/support/temporal-namespace.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { dataConverter, quietRuntime, SagaTest } from './saga-test.js';

export interface RealServerSagaTest {
  saga: SagaTest;
  namespace: string;
  close(): Promise<void>;
}

/** On the real server, in a namespace of its own. */
export async function startRealServerSagaTest(): Promise<RealServerSagaTest> {
  quietRuntime();
  const { address, namespace } = await createTestNamespace('saga-test');
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const client = new Client({ connection, namespace, dataConverter });
  const saga = new SagaTest(client, native, namespace);
  await searchAttributesAreKnown(saga);
  await saga.startWorkers();
  return {
    saga,
    namespace,
    close: async () => {
      await saga.stopWorkers();
      await Promise.all([connection.close(), native.close()]);
    },
  };
}

/** The server reads its list of attributes now and then; until it did, it refuses every start that has one. */
async function searchAttributesAreKnown(saga: SagaTest): Promise<void> {
  const probe = { ...saga.startOptions(saga.input()), taskQueue: 'nobody', workflowId: 'probe' };
  const handle = await waitFor('search attributes to be known', () => saga.client.workflow.start('orderSaga', probe));
  await handle.terminate();
}
