import { generateKeyPairSync } from 'node:crypto';
import express from 'express';
import type { RequestHandler } from 'express';
import { SignJWT, exportJWK } from 'jose';
import type { UserValidation } from '../../contracts/http/users.js';
import { listen } from '../../platform/listen.js';
import type { Listening } from '../../platform/listen.js';

export const TEST_ISSUER = 'http://holdfast.test';
export const TEST_AUDIENCE = 'holdfast';

export interface TestUserService {
  url: string;
  users: Map<number, UserValidation>;
  /** Answers 503 while false. */
  up: boolean;
  userToken(userId: number, ...roles: string[]): Promise<string>;
  close(): Promise<void>;
}

/** The user service as far as notifications need it, over real HTTP. */
export async function startUserService(): Promise<TestUserService> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256' };
  const sign = (subject: string, roles: string[]) =>
    new SignJWT({ roles })
      .setProtectedHeader({ alg: 'ES256', kid: 'test', typ: 'at+jwt' })
      .setSubject(subject)
      .setIssuer(TEST_ISSUER)
      .setAudience(TEST_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(privateKey);

  const users = new Map<number, UserValidation>();
  const state = { up: true };
  const answerWhileUp: RequestHandler = (_req, res, next) => {
    if (state.up) next();
    else res.status(503).end();
  };
  const app = express();
  app.get('/.well-known/jwks.json', (_req, res) => void res.json({ keys: [jwk] }));
  app.use('/oauth', answerWhileUp);
  app.use('/users', answerWhileUp);
  app.post('/oauth/token', async (_req, res) => {
    res.json({ access_token: await sign('notification-service', ['service']), token_type: 'Bearer', expires_in: 900 });
  });
  app.get('/users/:id/validation', (req, res) => {
    const user = users.get(Number(req.params.id));
    if (user === undefined) res.status(404).json({ code: 'not-found' });
    else res.json(user);
  });
  const server: Listening = await listen(app, { host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    users,
    get up() {
      return state.up;
    },
    set up(up) {
      state.up = up;
    },
    userToken: (userId, ...roles) => sign(String(userId), ['customer', ...roles]),
    close: () => server.close(),
  };
}
