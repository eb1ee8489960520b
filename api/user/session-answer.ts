import type { Response } from 'express';
import type { Session } from '../../contracts/http/sessions.js';
import { ACCESS_TOKEN_LIFETIME_S } from '../../services/user/access-tokens.js';
import type { AccessTokens } from '../../services/user/access-tokens.js';
import type { RefreshedSession } from '../../services/user/session-store.js';

/** Answers with a new pair of tokens, which no cache may keep. */
export async function sendSession(
  res: Response,
  tokens: AccessTokens,
  { user, sessionId, refreshToken }: RefreshedSession,
): Promise<void> {
  const accessToken = await tokens.forUser(user, sessionId);
  res
    .set('Cache-Control', 'no-store')
    .json({ accessToken, refreshToken, expiresIn: ACCESS_TOKEN_LIFETIME_S, user } satisfies Session);
}
