import type { Response } from 'express';
import type { Session } from '../../contracts/http/sessions.js';
import type { User } from '../../contracts/http/users.js';
import { ACCESS_TOKEN_LIFETIME_S } from '../../services/user/access-tokens.js';
import type { AccessTokens } from '../../services/user/access-tokens.js';

/** Answers with a new pair of tokens, which no cache may keep. */
export async function sendSession(
  res: Response,
  tokens: AccessTokens,
  { user, refreshToken }: { user: User; refreshToken: string },
): Promise<void> {
  const accessToken = await tokens.forUser(user);
  res
    .set('Cache-Control', 'no-store')
    .json({ accessToken, refreshToken, expiresIn: ACCESS_TOKEN_LIFETIME_S, user } satisfies Session);
}
