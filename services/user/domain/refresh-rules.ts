export interface RefreshTokenState {
  expiresAt: Date;
  spentAt: Date | null;
  spentBy: string | null;
  familyBeganAt: Date;
}

/** Two pages of one browser, or a repeat after a lost answer, come within that. */
const GRACE_MS = 10_000;

const lifetimeMs = 30 * 24 * 3_600_000;

const familyEnd = (began: Date, endsAfterMs: number) => new Date(began.getTime() + endsAfterMs);

/** When a token that is made now expires: with its family at the latest. */
export function expiryOf({ now, familyBeganAt, endsAfterMs }: { now: Date; familyBeganAt: Date; endsAfterMs: number }) {
  return new Date(Math.min(now.getTime() + lifetimeMs, familyEnd(familyBeganAt, endsAfterMs).getTime()));
}

export type RefreshVerdict = 'usable' | 'expired' | 'reused';

/**
 * What a refresh token that someone presents is worth. A spent one is in two hands, and nobody knows which is the
 * thief's: RFC 9700, section 4.14.2. Unless it was spent a moment ago, by the very client.
 */
export function judgeRefreshToken(
  { expiresAt, spentAt, spentBy, familyBeganAt }: RefreshTokenState,
  { client, now, endsAfterMs }: { client: string; now: Date; endsAfterMs: number },
): RefreshVerdict {
  const justSpent = spentBy === client && spentAt !== null && now.getTime() - spentAt.getTime() < GRACE_MS;
  if (spentAt !== null && !justSpent) return 'reused';
  return expiresAt <= now || familyEnd(familyBeganAt, endsAfterMs) <= now ? 'expired' : 'usable';
}
