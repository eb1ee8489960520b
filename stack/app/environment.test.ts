import { expect, test } from 'vitest';
import { ownEnvironment } from './environment.js';
import { ourProcesses } from './processes.js';

test("the codec answers Temporal's Web UI by both of its names", () => {
  const codec = ourProcesses.find(({ name }) => name === 'codec-server');
  if (codec === undefined) throw new Error('there is no codec');
  const serversEnv = { TEMPORAL_UI_URL: 'http://127.0.0.1:8233' };
  const told = ownEnvironment(codec, { ports: {}, secrets: {}, databases: {}, serversEnv });
  expect(told.TEMPORAL_UI_URL).toBe('http://127.0.0.1:8233,http://localhost:8233');
});
