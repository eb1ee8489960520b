import { randomUUID } from 'node:crypto';
import { SignJWT, decodeJwt, exportJWK, generateKeyPair } from 'jose';
import type { EndedSessions } from '../../api/http/tokens/ended-sessions.js';
import { listen } from '../../platform/listen.js';

const issuer = 'https://tests.invalid';
const audience = 'holdfast-tests';

export interface TokenIssuer {
  /** For createAuthenticator. */
  authSettings: { issuer: string; audience: string; jwksUrls: string[]; ended: EndedSessions };
  /** The value of an Authorization header. `subject`: a user's id, or a client's. */
  bearer(subject: number | string, ...roles: string[]): Promise<string>;
  /** The session that a bearer's token is of. */
  end(bearer: string): void;
  close(): Promise<void>;
}

/** Signs access tokens as the user service does, and publishes its keys over HTTP. Close it in afterAll. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const kid = randomUUID();
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] };
  const ended = new Set<unknown>();
  const server = await listen(
    (_req, res) => res.setHeader('content-type', 'application/json').end(JSON.stringify(keys)),
    { host: '127.0.0.1', port: 0 },
  );
  return {
    authSettings: {
      issuer,
      audience,
      jwksUrls: [`${server.url}/.well-known/jwks.json`],
      ended: { has: (id) => Promise.resolve(ended.has(id)), check: () => Promise.resolve() },
    },
    bearer: async (subject, ...roles) => {
      const token = new SignJWT({ roles, sid: randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
        .setSubject(String(subject))
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('5m');
      return `Bearer ${await token.sign(privateKey)}`;
    },
    end: (bearer) => void ended.add(decodeJwt(bearer.replace('Bearer ', ''))['sid']),
    close: () => server.close(),
  };
}
