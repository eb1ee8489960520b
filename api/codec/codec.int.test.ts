import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { createTemporalClient, type TemporalClient } from '../../platform/temporal/client.js';
import { EncryptionCodec } from '../../platform/temporal/payload-codec.js';
import { server } from '../../tests/support/servers.js';
import { startTokenIssuer } from '../../tests/support/token-issuer.js';
import { createHttpApp } from '../http/app.js';
import { createAuthenticator } from '../http/auth.js';
import type { Authenticator } from '../http/auth.js';
import { listen } from '../../platform/listen.js';
import type { Listening } from '../../platform/listen.js';
import { codecRoutes, fromJson, toJson } from './codec-routes.js';

const ui = 'http://127.0.0.1:8233';
const payloadKeys = { keys: { one: randomBytes(32).toString('base64') }, current: 'one' };
const lines: string[] = [];

let codec: Listening;
let temporal: TemporalClient;

function openCodec(auth?: Authenticator): Promise<Listening> {
  // All that can be logged, so that what must not be in it is not there at any level.
  const logger = createLogger({ service: 'codec-server', level: 'trace' }, { write: (line) => lines.push(line) });
  const routes = codecRoutes({ codec: new EncryptionCodec(payloadKeys), origins: [ui], hosts: ['codec.test'], auth });
  const app = createHttpApp({ service: 'codec-server', logger, readiness: {}, routers: [routes], parseJson: false });
  return listen(app, { host: '127.0.0.1', port: 0 });
}

beforeAll(async () => {
  codec = await openCodec();
  temporal = createTemporalClient({ address: server('TEMPORAL_ADDRESS'), namespace: 'default', payloadKeys });
});

afterAll(async () => {
  await codec.close();
  await temporal.close();
});

test('the command line reads what is encrypted, and what it sends is', async () => {
  const workflowId = randomUUID();
  const handle = await temporal.client.workflow.start('nobodyRunsThis', {
    workflowId,
    taskQueue: `nobody-${workflowId}`,
    args: ['Alice-lives-here'],
  });
  const cli = async (...args: string[]) => {
    const at = ['--address', server('TEMPORAL_ADDRESS'), '--workflow-id', workflowId];
    return (await promisify(execFile)(server('TEMPORAL_CLI'), [...args, ...at])).stdout;
  };
  const withCodec = ['--codec-endpoint', codec.url];
  await cli('workflow', 'signal', '--name', 'hello', '--input', '"Bob-lives-there"', ...withCodec);

  const hidden = await cli('workflow', 'show', '--output', 'json');
  const [alice, bob] = ['"Alice-lives-here"', '"Bob-lives-there"'].map((text) => Buffer.from(text).toString('base64'));
  expect(hidden).not.toContain(alice);
  expect(hidden).not.toContain(bob);
  const shown = await cli('workflow', 'show', '--output', 'json', ...withCodec);
  expect(shown).toContain(alice);
  expect(shown).toContain(bob);
  expect(lines.join()).toContain('/decode');
  expect(lines.join()).not.toContain('lives');
  await handle.terminate();
});

const decode = (payload: unknown, headers: Record<string, string> = {}, at = codec) =>
  fetch(`${at.url}/decode`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ payloads: [payload] }),
  });

const plain = {
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from('"forged"').toString('base64'),
};

test('refuses what is not encrypted, or with another key', async () => {
  const strange = new EncryptionCodec({ keys: { one: randomBytes(32).toString('base64') }, current: 'one' });
  const [foreign] = await strange.encode([fromJson(plain)]);
  for (const payload of [plain, toJson(foreign!)]) {
    const answer = await (await decode(payload)).text();
    expect(answer).toContain(Buffer.from('"refused: not encrypted with one of our keys"').toString('base64'));
    expect(answer).not.toContain(plain.data);
  }
});

test('lets through which local activity ran, and nothing else that stands beside it', async () => {
  const note = { seq: 2, attempt: 1, activity_id: '2', activity_type: 'recordProgress', backoff: 'forged' };
  const payload = { ...plain, data: Buffer.from(JSON.stringify(note)).toString('base64') };
  const { payloads } = (await (await decode(payload)).json()) as { payloads: { data: string }[] };
  const { backoff: _, ...named } = note;
  expect(JSON.parse(Buffer.from(payloads[0]?.data ?? '', 'base64').toString())).toEqual(named);
});

test("answers pages of Temporal's Web UI and no others", async () => {
  const preflight = (origin: string) => fetch(`${codec.url}/decode`, { method: 'OPTIONS', headers: { origin } });
  const allowed = await preflight(ui);
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe(ui);
  const refused = await preflight('http://evil.example');
  expect(refused.status).toBe(403);
  expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  expect((await decode(plain, { origin: 'http://evil.example' })).status).toBe(403);
});

test.each([
  ['localhost:8089', 200],
  ['[::1]:8089', 200],
  ['codec.test', 200],
  ['evil.example:8089', 403],
])('asked by the name %s it answers %i', async (host, status) => {
  const headers = { host, 'content-type': 'application/json' };
  const asked = request(`${codec.url}/decode`, { method: 'POST', headers }).end('{"payloads":[]}');
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(status);
});

test('asks for an admin where it is told to', async () => {
  const tokens = await startTokenIssuer();
  const guarded = await openCodec(createAuthenticator(tokens.authSettings));
  const statusFor = async (headers: Record<string, string>) => (await decode(plain, headers, guarded)).status;
  expect(await statusFor({})).toBe(401);
  expect(await statusFor({ authorization: await tokens.bearer(7, 'customer') })).toBe(403);
  expect(await statusFor({ authorization: await tokens.bearer(3, 'admin') })).toBe(200);
  await guarded.close();
  await tokens.close();
});
