import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { User } from '../../contracts/http/users.js';
import type { Prisma, PrismaClient } from './prisma/generated/client.js';
import { toUser } from './user-store.js';
import type { EndedSessions } from '../../contracts/http/sessions.js';

interface RefreshTokenState {
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

type RefreshVerdict = 'usable' | 'expired' | 'reused';

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

/** Access tokens name the session, so that they end with it. */
interface NewTokens {
  sessionId: string;
  refreshToken: string;
}

export interface RefreshedSession extends NewTokens {
  user: User;
}

/** Whose token it was that came a second time. */
interface ReusedToken {
  reusedOf: number;
}

export interface SessionStore {
  /**
   * A refresh token of a new family. undefined when the user was disabled or got another password since the hash
   * was checked: the session would outlive what ended all others.
   */
  begin(userId: number, checkedHash: string): Promise<NewTokens | undefined>;
  /**
   * Spends the token for a successor. undefined when it is not usable; one used before also ends its family, but for the client
   * that has just spent it.
   */
  refresh(refreshToken: string, client: string): Promise<RefreshedSession | ReusedToken | undefined>;
  /** Ends the token's family, and with it access tokens that came of it. Harmless for one that is not known. */
  end(refreshToken: string): Promise<void>;
}

interface SessionSettings {
  /** So long after its log-in a family is over, whatever is left of its tokens. */
  endsAfterMs: number;
  now?: () => Date;
}

export function createSessionStore(
  prisma: PrismaClient,
  { endsAfterMs, now = () => new Date() }: SessionSettings,
): SessionStore {
  return {
    begin: async (userId, checkedHash) =>
      prisma.$transaction(async (transaction) => {
        await lockUser(transaction, userId);
        const user = await transaction.user.findUnique({ where: { id: userId } });
        if (user === null || user.disabled || user.passwordHash !== checkedHash) return undefined;
        const at = now();
        return addToken(transaction, { userId, familyId: randomUUID(), familyBeganAt: at, now: at, endsAfterMs });
      }),

    refresh: async (refreshToken, client) => {
      const hash = hashOf(refreshToken);
      const owner = await prisma.refreshToken.findUnique({ where: { hash }, select: { userId: true } });
      if (owner === null) return undefined;
      return prisma.$transaction(async (transaction) => {
        // One at a time for each user: else a successor made at this moment could survive the end of its family.
        await lockUser(transaction, owner.userId);
        const token = await transaction.refreshToken.findUnique({ where: { hash }, include: { user: true } });
        if (token === null) return undefined;
        const verdict = judgeRefreshToken(token, { client: hashOf(client), now: now(), endsAfterMs });
        if (verdict === 'reused') {
          await endFamily(transaction, token.familyId);
          return { reusedOf: token.userId };
        }
        if (verdict !== 'usable' || token.user.disabled) return undefined;
        // The first time is what counts.
        await transaction.refreshToken.updateMany({
          where: { hash, spentAt: null },
          data: { spentAt: now(), spentBy: hashOf(client) },
        });
        const { userId, familyId, familyBeganAt } = token;
        const successor = { userId, familyId, familyBeganAt, now: now(), endsAfterMs };
        return { user: toUser(token.user), ...(await addToken(transaction, successor)) };
      });
    },

    end: async (refreshToken) => {
      const hash = hashOf(refreshToken);
      const token = await prisma.refreshToken.findUnique({ where: { hash } });
      if (token === null) return;
      await prisma.$transaction(async (transaction) => {
        await lockUser(transaction, token.userId);
        await endFamily(transaction, token.familyId);
      });
    },
  };
}

async function lockUser(transaction: Prisma.TransactionClient, userId: number): Promise<void> {
  await transaction.$queryRaw`SELECT id FROM users WHERE id = ${userId} FOR NO KEY UPDATE`;
}

async function endFamily(transaction: Prisma.TransactionClient, familyId: string): Promise<void> {
  await transaction.endedSession.createMany({ data: { id: familyId }, skipDuplicates: true });
  await transaction.refreshToken.deleteMany({ where: { familyId } });
}

async function addToken(
  transaction: Prisma.TransactionClient,
  wanted: { userId: number; familyId: string; familyBeganAt: Date; now: Date; endsAfterMs: number },
): Promise<NewTokens> {
  const { userId, familyId, familyBeganAt, now } = wanted;
  const refreshToken = randomBytes(32).toString('base64url');
  await transaction.refreshToken.create({
    data: {
      hash: hashOf(refreshToken),
      familyId,
      familyBeganAt,
      userId,
      createdAt: now,
      expiresAt: expiryOf(wanted),
    },
  });
  return { sessionId: familyId, refreshToken };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export interface EndedSessionStore {
  has(id: string): Promise<boolean>;
  /** Those that ended since then, and a little before; without a time, all that a token may still name. */
  since(at: Date | undefined): Promise<EndedSessions>;
}

/** Longer than a token lives, with clocks that differ a little. */
const KEPT_MS = 20 * 60_000;

/** Longer than a transaction lasts: what ended before the last answer may have been committed after it. */
const OVERLAP_MS = 15_000;

export function createEndedSessionStore(prisma: PrismaClient): EndedSessionStore {
  return {
    has: async (id) => (await prisma.endedSession.findUnique({ where: { id } })) !== null,
    since: async (at) => {
      // By the clock that wrote them.
      const [clock] = await prisma.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp() AS now`;
      const from = new Date((at ?? new Date(clock.now.getTime() - KEPT_MS)).getTime() - OVERLAP_MS);
      const rows = await prisma.endedSession.findMany({ where: { endedAt: { gte: from } }, select: { id: true } });
      return { at: clock.now.toISOString(), ids: rows.map(({ id }) => id) };
    },
  };
}
