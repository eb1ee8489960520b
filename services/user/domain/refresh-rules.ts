export interface RefreshTokenState {
  expiresAt: Date;
  spentAt: Date | null;
}

export type RefreshVerdict = 'usable' | 'expired' | 'reused';

/**
 * What a refresh token that someone presents is worth. A spent one is in two hands, and nobody knows which is the
 * thief's: RFC 9700, section 4.14.2.
 */
export function judgeRefreshToken(token: RefreshTokenState, now: Date): RefreshVerdict {
  if (token.spentAt !== null) return 'reused';
  return token.expiresAt <= now ? 'expired' : 'usable';
}
