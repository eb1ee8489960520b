import express from 'express';
import { SignJWT, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { createLogger } from '../../../platform/logger.js';
import { listen } from '../../../platform/listen.js';
import { createOutsideTokens } from './outside-tokens.js';

test('a provider that answers with something else than keys says nothing about a token', async () => {
  const app = express();
  const provider = await listen(app, { host: '127.0.0.1', port: 0 });
  const issuer = provider.url;
  app.get('/.well-known/openid-configuration', (_req, res) => void res.json({ issuer, jwks_uri: `${issuer}/keys` }));
  app.get('/keys', (_req, res) => void res.json({ message: 'under maintenance' }));
  const { privateKey } = await generateKeyPair('ES256');
  const claims = new SignJWT().setProtectedHeader({ alg: 'ES256' }).setIssuer(issuer).setAudience('a').setSubject('s');
  const token = await claims.setExpirationTime('1m').sign(privateKey);
  try {
    const lines: string[] = [];
    const logger = createLogger({ service: 'test', level: 'warn' }, { write: (line) => lines.push(line) });
    const answer = createOutsideTokens({ issuer, audience: 'a', logger }).verify(token);
    await expect(answer).rejects.toMatchObject({ status: 503, code: 'signing-keys-unavailable' });
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { address: `${issuer}/keys`, reason: 'JSON Web Key Set malformed' },
    ]);
  } finally {
    await provider.close();
  }
});
