import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { User } from '../../contracts/http/users.js';
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.js';
import type { Session } from '../../contracts/http/sessions.js';
import type { RefreshedSession } from './session-store.js';

/** Seconds. */
export const ACCESS_TOKEN_LIFETIME_S = 15 * 60;

export interface AccessTokens {
  /** Carries name and e-mail too: what the order service believes while the user service is down. Ends with the session. */
  forUser(user: User, sessionId: string): Promise<string>;
  forClient(client: { clientId: string; roles: string[] }): Promise<string>;
}

interface AccessTokenSettings {
  keys: SigningKeys;
  issuer: string;
  audience: string;
  now?: () => Date;
}

export function createAccessTokens({
  keys,
  issuer,
  audience,
  now = () => new Date(),
}: AccessTokenSettings): AccessTokens {
  const sign = (subject: string, claims: Record<string, unknown>): Promise<string> => {
    const issuedAt = Math.floor(now().getTime() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: keys.current.kid, typ: 'at+jwt' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ACCESS_TOKEN_LIFETIME_S)
      .sign(keys.current.privateKey);
  };
  return {
    forUser: ({ id, roles, name, email }, sid) => sign(String(id), { sid, roles, name, email }),
    forClient: ({ clientId, roles }) => sign(clientId, { roles }),
  };
}

/** A new pair of tokens. */
export async function toSession(
  tokens: AccessTokens,
  { user, sessionId, refreshToken }: RefreshedSession,
): Promise<Session> {
  const accessToken = await tokens.forUser(user, sessionId);
  return { accessToken, refreshToken, expiresIn: ACCESS_TOKEN_LIFETIME_S, user };
}
