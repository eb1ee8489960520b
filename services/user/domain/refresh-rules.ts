export interface RefreshTokenState {
  expiresAt: Date;
  spentAt: Date | null;
  familyBeganAt: Date;
}

const lifetimeMs = 30 * 24 * 3_600_000;

const familyEnd = (began: Date, endsAfterMs: number) => new Date(began.getTime() + endsAfterMs);

/** When a token that is made now expires: with its family at the latest. */
export function expiryOf({ now, familyBeganAt, endsAfterMs }: { now: Date; familyBeganAt: Date; endsAfterMs: number }) {
  return new Date(Math.min(now.getTime() + lifetimeMs, familyEnd(familyBeganAt, endsAfterMs).getTime()));
}

export type RefreshVerdict = 'usable' | 'expired' | 'reused';

/**
 * What a refresh token that someone presents is worth. A spent one is in two hands, and nobody knows which is the
 * thief's: RFC 9700, section 4.14.2.
 */
export function judgeRefreshToken(
  { expiresAt, spentAt, familyBeganAt }: RefreshTokenState,
  { now, endsAfterMs }: { now: Date; endsAfterMs: number },
): RefreshVerdict {
  if (spentAt !== null) return 'reused';
  return expiresAt <= now || familyEnd(familyBeganAt, endsAfterMs) <= now ? 'expired' : 'usable';
}
