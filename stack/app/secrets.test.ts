import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { secretNames, withSecrets } from './secrets.js';

it('makes every secret, in a form that is read back as it was made', () => {
  const made = parseEnv(withSecrets());
  expect(Object.keys(made).sort()).toEqual([...secretNames].sort());
  expect(made.JWT_PRIVATE_KEY).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^]+\n-----END PRIVATE KEY-----$/);
  const { k1 } = JSON.parse(made.PAYLOAD_KEYS ?? '') as { k1: string };
  expect(Buffer.from(k1, 'base64')).toHaveLength(32);
  const hash = createHash('sha256')
    .update(made.OAUTH_SECRET_order_service ?? '')
    .digest('hex');
  expect(JSON.parse(made.OAUTH_CLIENTS ?? '')).toContainEqual({
    clientId: 'order-service',
    secretHash: hash,
    roles: ['service'],
  });
});

it('leaves what is there, and adds what is missing', () => {
  const first = withSecrets('GATEWAY_PORT=9080\nPOSTGRES_PASSWORD=');
  expect(parseEnv(first)).toMatchObject({
    GATEWAY_PORT: '9080',
    POSTGRES_PASSWORD: expect.stringMatching(/.{32}/) as unknown,
  });
  expect(withSecrets(first)).toBe(first);
});

it('.env.example names every secret, and gives none', () => {
  const example = parseEnv(fs.readFileSync('.env.example', 'utf8'));
  expect(Object.keys(example).sort()).toEqual([...secretNames].sort());
  expect(Object.values(example).every((value) => value === '')).toBe(true);
});
