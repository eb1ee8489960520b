import { expect, test } from 'vitest';
import { ownEnvironment, sharedEnvironment } from './environment.js';
import { ourProcesses } from './processes.js';

test("the codec answers Temporal's Web UI by both of its names", () => {
  const codec = ourProcesses.find(({ name }) => name === 'codec-server');
  if (codec === undefined) throw new Error('there is no codec');
  const serversEnv = { TEMPORAL_UI_URL: 'http://127.0.0.1:8233' };
  const told = ownEnvironment(codec, { ports: {}, secrets: {}, databases: {}, serversEnv });
  expect(told.TEMPORAL_UI_URL).toBe('http://127.0.0.1:8233,http://localhost:8233');
});

test('timelines link to the pages of the servers that are there', () => {
  const pagesWith = (serversEnv: Record<string, string>) => {
    const given = { processes: [], serversEnv, ports: {}, namespace: 'shop', redisDatabase: 0 };
    const { WORKFLOW_PAGE, TRACE_PAGE, EVENTS_PAGE } = sharedEnvironment(given);
    return { WORKFLOW_PAGE, TRACE_PAGE, EVENTS_PAGE };
  };
  const servers = {
    TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
    ZIPKIN_URL: 'http://127.0.0.1:9411',
    KAFKA_UI_URL: 'http://127.0.0.1:9000',
  };
  expect(pagesWith(servers)).toEqual({
    WORKFLOW_PAGE: 'http://127.0.0.1:8233/namespaces/shop/workflows/{workflowId}',
    TRACE_PAGE: 'http://127.0.0.1:9411/zipkin/traces/{traceId}',
    EVENTS_PAGE: 'http://127.0.0.1:9000/by-key?key={orderId}',
  });
  expect(pagesWith({})).toEqual({});
});
