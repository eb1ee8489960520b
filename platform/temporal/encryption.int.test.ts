import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { temporal as proto } from '@temporalio/proto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { server } from '../../tests/support/servers.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { temporalTelemetryPlugins } from '../telemetry/telemetry.js';
import { createTemporalClient, type TemporalClient, createDataConverter } from './client.js';
import { go, secretWorkflow, tell } from './testing/secret-workflow.js';
import type { SecretActivities } from './testing/secret-workflow.js';

const secret = 'Alice-lives-here';
const taskQueue = `encryption-${randomUUID()}`;
const payloadKeys = { keys: { one: randomBytes(32).toString('base64') }, current: 'one' };

const activities: SecretActivities = {
  keep: (text) => (text.includes('wait') ? Context.current().cancelled : Promise.resolve(text)),
  lose: (text) => Promise.reject(new Error(`activity failed with ${text}`)),
};

let temporal: TemporalClient;
let connection: NativeConnection;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  const address = server('TEMPORAL_ADDRESS');
  temporal = createTemporalClient({ address, namespace: 'default', payloadKeys });
  connection = await NativeConnection.connect({ address });
  worker = await Worker.create({
    connection,
    taskQueue,
    activities,
    workflowsPath: fileURLToPath(new URL('./testing/secret-workflow.ts', import.meta.url)),
    dataConverter: createDataConverter(payloadKeys, { inWorkflows: true }),
    plugins: temporalTelemetryPlugins(),
  });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
  await temporal.close();
});

test('nothing that a person said is readable in the history, and we read all of it', async () => {
  await temporal.check();
  const workflowId = randomUUID();
  const handle = await temporal.client.workflow.start(secretWorkflow, { workflowId, taskQueue, args: [secret] });
  expect(await handle.executeUpdate(tell, { args: [secret] })).toBe(secret);
  await handle.signal(go);
  const failure: unknown = await handle.result().catch((error: unknown) => error);
  const cause = (failure as Error).cause as ApplicationFailure;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  expect(cause).toMatchObject({
    message: `workflow failed with ${secret}`,
    type: 'Told',
    details: [{ secret, kept: `${secret} ${secret}` }],
  });

  const stored = Buffer.from(proto.api.history.v1.History.encode(await handle.fetchHistory()).finish());
  expect(stored.includes('Encoded failure')).toBe(true);
  expect(stored.includes(secret)).toBe(false);
});

test('a signal without input, sent by an operator who has no key, goes through', async () => {
  const workflowId = randomUUID();
  const handle = await temporal.client.workflow.start(secretWorkflow, { workflowId, taskQueue, args: [secret] });
  const at = ['--address', server('TEMPORAL_ADDRESS'), '--workflow-id', workflowId];
  await promisify(execFile)(server('TEMPORAL_CLI'), ['workflow', 'signal', '--name', 'go', ...at]);
  expect(await handle.executeUpdate(tell, { args: ['told'] })).toBe('told');
  await expect(handle.result()).rejects.toThrow('Workflow execution failed');
});

test('an activity that an operator completed by hand, without a key, goes on', async () => {
  const workflowId = randomUUID();
  const handle = await temporal.client.workflow.start(secretWorkflow, { workflowId, taskQueue, args: [secret] });
  await handle.executeUpdate(tell, { args: ['wait'] });
  await handle.signal(go);
  await waitFor('the activity', async () => (await handle.describe()).raw.pendingActivities?.[0]?.lastStartedTime);
  const at = ['--address', server('TEMPORAL_ADDRESS'), '--workflow-id', workflowId];
  const byHand = ['--activity-id', '1', '--result', '"by hand"'];
  await promisify(execFile)(server('TEMPORAL_CLI'), ['activity', 'complete', ...byHand, ...at]);
  const failure: unknown = await handle.result().catch((error: unknown) => error);
  expect((failure as Error).cause).toMatchObject({ details: [{ kept: 'by hand' }] });
});
