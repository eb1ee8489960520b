import { jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { integerIdSchema } from '../../../contracts/http/common.js';
import { failureReason } from '../../../clients/errors.js';
import type { Logger } from '../../../platform/logger.js';
import type { Principal } from '../access.js';
import { keptKeys, type KeptKeys, invalidToken, isAboutToken, keysUnavailable } from './kept-keys.js';
import type { EndedSessions } from './ended-sessions.js';

export interface OwnTokens {
  /** The principal of a token that our user service signed, or a 401 or 503 Problem. */
  verify(token: string): Promise<Principal>;
  /** Rejects until the signing keys were read once. */
  check(): Promise<void>;
}

const claimsSchema = z.object({
  sub: z.string().min(1),
  // Not in a client's, which has no session, nor in those of an older version.
  sid: z.string().optional(),
  roles: z.array(z.string()),
  name: z.string().optional(),
  email: z.string().optional(),
});

/** `jwksUrls`: instances of the one who signs, asked in turn until one answers. */
export function createOwnTokens({
  issuer,
  audience,
  jwksUrls,
  ended,
  logger,
}: {
  issuer: string;
  audience: string;
  jwksUrls: string[];
  ended?: EndedSessions | undefined;
  logger?: Logger | undefined;
}): OwnTokens {
  const keySets = jwksUrls.map((url) => keptKeys(new URL(url), logger));
  const rules = {
    issuer,
    audience,
    // What our user service signs with, and nothing else that it may come to sign: RFC 9068 has a type for access tokens.
    algorithms: ['ES256'],
    typ: 'at+jwt',
    requiredClaims: ['exp', 'sub'],
    // Not only until it says that it ends.
    maxTokenAge: 15 * 60,
    // Or a service whose clock is a little behind would refuse what was signed just now.
    clockTolerance: 30,
  };
  const hasEnded = async ({ sid }: { sid?: string | undefined }): Promise<boolean> => {
    if (sid === undefined || ended === undefined) return false;
    return ended.has(sid).catch((cause: unknown) => {
      throw keysUnavailable(cause);
    });
  };
  return {
    verify: async (token) => {
      const payload = await firstAnswer(keySets, async (keys) => (await jwtVerify(token, keys.find, rules)).payload);
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success || (await hasEnded(claims.data))) throw invalidToken();
      return toPrincipal(claims.data);
    },
    check: async () => {
      await ended?.check();
      if (keySets.some((keys) => keys.read() !== undefined)) return;
      await Promise.any(keySets.map((keys) => keys.load())).catch((error: unknown) => {
        const reasons = error instanceof AggregateError ? error.errors.map(failureReason) : [];
        throw new Error(`signing-keys-unavailable: ${reasons.join('; ')}`, { cause: error });
      });
    },
  };
}

async function firstAnswer(keySets: KeptKeys[], verify: (keys: KeptKeys) => Promise<JWTPayload>): Promise<JWTPayload> {
  // One that has keys first: it needs no call.
  const ordered = [...keySets].sort((a, b) => Number(b.read() !== undefined) - Number(a.read() !== undefined));
  for (const keys of ordered) {
    try {
      return await verify(keys);
    } catch (error) {
      if (isAboutToken(error)) throw invalidToken();
    }
  }
  // Nobody answered. With keys at hand the token's key is one that nobody here ever published.
  if (keySets.some((keys) => keys.read() !== undefined)) throw invalidToken();
  throw keysUnavailable();
}

function toPrincipal({ sub, roles, name, email }: z.output<typeof claimsSchema>): Principal {
  // By the subject, not by a role: a client may have others, and no client's id is a number.
  if (!/^\d+$/.test(sub)) return { kind: 'service', clientId: sub, roles };
  const { data: userId } = integerIdSchema.safeParse(Number(sub));
  if (userId === undefined) throw invalidToken();
  return {
    kind: 'user',
    userId,
    roles,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}
