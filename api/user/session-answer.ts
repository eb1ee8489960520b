import type { Session } from '../../contracts/http/sessions.js';
import { ACCESS_TOKEN_LIFETIME_S } from '../../services/user/access-tokens.js';
import type { AccessTokens } from '../../services/user/access-tokens.js';
import type { RefreshedSession } from '../../services/user/session-store.js';

/** A new pair of tokens. */
export async function toSession(
  tokens: AccessTokens,
  { user, sessionId, refreshToken }: RefreshedSession,
): Promise<Session> {
  const accessToken = await tokens.forUser(user, sessionId);
  return { accessToken, refreshToken, expiresIn: ACCESS_TOKEN_LIFETIME_S, user };
}
