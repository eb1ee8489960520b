import { randomUUID } from 'node:crypto';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { listen } from '../../platform/listen.js';

const issuer = 'https://tests.invalid';
const audience = 'holdfast-tests';

export interface TokenIssuer {
  /** For createAuthenticator. */
  authSettings: { issuer: string; audience: string; jwksUrls: string[] };
  /** The value of an Authorization header. `subject`: a user's id, or a client's. */
  bearer(subject: number | string, ...roles: string[]): Promise<string>;
  close(): Promise<void>;
}

/** Signs access tokens as the user service does, and publishes its keys over HTTP. Close it in afterAll. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const kid = randomUUID();
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] };
  const server = await listen(
    (_req, res) => res.setHeader('content-type', 'application/json').end(JSON.stringify(keys)),
    { host: '127.0.0.1', port: 0 },
  );
  return {
    authSettings: { issuer, audience, jwksUrls: [`${server.url}/.well-known/jwks.json`] },
    bearer: async (subject, ...roles) => {
      const token = new SignJWT({ roles })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
        .setSubject(String(subject))
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('5m');
      return `Bearer ${await token.sign(privateKey)}`;
    },
    close: () => server.close(),
  };
}
