import { randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { readConfig } from './config.js';

afterEach(() => vi.unstubAllEnvs());

test('asks for an admin unless it is told not to', () => {
  const settings = {
    SERVICE_NAME: 'codec-server',
    PORT: '8089',
    PAYLOAD_KEYS: JSON.stringify({ one: randomBytes(32).toString('base64') }),
    PAYLOAD_KEY_ID: 'one',
    JWT_ISSUER: 'http://127.0.0.1:8080',
    JWT_AUDIENCE: 'holdfast',
    USER_SERVICE_URL: 'http://127.0.0.1:8081',
    CODEC_REQUIRE_ADMIN: '',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  expect(readConfig().auth).toBeDefined();
  vi.stubEnv('CODEC_REQUIRE_ADMIN', 'false');
  expect(readConfig().auth).toBeUndefined();
});
