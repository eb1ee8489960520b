import { expect, test } from 'vitest';
import { startProcess } from '../testing/start-process.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { shapedEntry } from './runtime.js';

const core = { sdkComponent: 'core', target: 'temporalio_sdk_core::worker::activities', spanContexts: [{ task: 'x' }] };
const token = 'CiQ0ZjE0NzU2Zi1lNmUyLTQwMWMtYjA0Ny0xMmU4';
const notFound = `Status { code: NotFound, message: "activity not found", details: b"\\x1aB\\n@type.googleapis.com/temporal", metadata: {"content-type": "application/grpc"} }`;

test('an activity that was timed out meanwhile is told without its token and the dump of the answer, and is no warning', () => {
  const message = 'Activity not found on completion. This may happen if the activity has already been cancelled';
  const meta = { ...core, task_token: `TaskToken(${token})`, details: notFound, activity_id: '3' };
  expect(shapedEntry('WARN', message, meta)).toEqual({
    level: 'INFO',
    message,
    fields: { sdkComponent: 'core', target: core.target, activityId: '3', code: 'NotFound' },
  });
});

test.each([
  [
    `Attempted to complete activity task TaskToken(${token}) but we were not tracking it`,
    'Attempted to complete activity task',
  ],
  [`Attempted to complete activity task ${token} but we were not tracking it`, 'Attempted to complete activity task'],
  [
    `shutdown_worker rpc errored during worker shutdown: ${notFound}`,
    'shutdown_worker rpc errored during worker shutdown:',
  ],
  ['gRPC call poll_workflow_task_queue retried 6 times', 'gRPC call poll_workflow_task_queue retried 6 times'],
  [`{"alice@example.com": 1}`, 'Temporal core'],
])('of the message %j only the words before a dump are kept', (message, kept) => {
  expect(shapedEntry('WARN', message, core)).toMatchObject({ level: 'WARN', message: kept });
});

test('a workflow task that fails is an error, with the number of its rule', () => {
  const failure =
    'Failure { failure: Some(Failure { message: "[TMPRL1100] Nondeterminism error: alice", source: "" }) }';
  expect(shapedEntry('WARN', 'Failing workflow task', { ...core, run_id: 'r', failure })).toEqual({
    level: 'ERROR',
    message: 'Failing workflow task',
    fields: { sdkComponent: 'core', target: core.target, workflowRunId: 'r', rule: 'TMPRL1100' },
  });
});

test("the code of a service that can't be reached is kept", () => {
  const error = `status: 'The service is currently unavailable', self: "tcp connect error"`;
  expect(shapedEntry('WARN', 'gRPC call x retried 6 times', { ...core, error }).fields).toMatchObject({
    code: 'The service is currently unavailable',
  });
});

test('what the SDK says around activities and workflows stays, without the token', () => {
  const meta = { sdkComponent: 'worker', workflowId: 'order-1', taskToken: token, attempt: 2 };
  expect(shapedEntry('WARN', 'Activity failed', meta)).toEqual({
    level: 'WARN',
    message: 'Activity failed',
    fields: { sdkComponent: 'worker', workflowId: 'order-1', attempt: 2 },
  });
});

test('the SDK answers its metrics at another port where somebody has taken the one that was free', async () => {
  const { child, exit, messages } = startProcess('measures');
  // On a busy machine the SDK is read for long.
  await waitFor('its metrics', () => messages().includes('measured'), { timeoutMs: 50_000 });
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
}, 60_000);
