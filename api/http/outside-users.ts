import type { ProblemCode } from '../../contracts/http/problem.js';
import { ServiceAnsweredError, ServiceUnavailableError } from '../../clients/errors.js';
import { type CallerClient, shareInFlight } from '../../clients/user-client.js';
import type { User } from '../../contracts/http/users.js';
import type { UserPrincipal } from './access.js';
import { problemOf, serviceUnavailable } from './problem.js';
import { invalidToken } from './tokens/kept-keys.js';
import { outsideSessionId, type EndedSessions } from './tokens/ended-sessions.js';
import type { OutsideClaims } from './tokens/outside-tokens.js';

/** Why the holder of a good token of an outside provider is nobody here. */
const OUTSIDE_REFUSALS = [
  'email-not-verified',
  'email-of-another-user',
  'user-disabled',
] as const satisfies ProblemCode[];
type OutsideRefusal = (typeof OUTSIDE_REFUSALS)[number];

function isOutsideRefusal(code: string): code is OutsideRefusal {
  return (OUTSIDE_REFUSALS as readonly string[]).includes(code);
}

/** What the user service said is asked anew after this long, so that a disabled user is out soon. */
const FRESH_MS = 60_000;

/** While it gives no answer, what it said last counts for this long: as long as an access token of ours. */
const KEPT_MS = 15 * 60_000;

/** How soon it is asked again when it gave no answer about somebody whom we know. */
const REST_MS = 5_000;

/** Users remembered; beyond it those seen first are forgotten, and asked for again. */
const MOST = 10_000;

interface Known {
  principal: UserPrincipal;
  askAgainAt: number;
  until: number;
}

/**
 * Finds the user of ours behind a token of an outside provider. The user service alone knows; it is shown the token
 * itself, so it takes nobody's word for whose it is.
 */
export function createOutsideUsers(
  callers: CallerClient,
  ended: Pick<EndedSessions, 'has'>,
  now: () => number = Date.now,
) {
  const known = new Map<string, Known>();
  const whoIs = shareInFlight((token: string) => callers.whoIs(token));

  const ask = async (subject: string, token: string): Promise<UserPrincipal> => {
    const principal = toPrincipal(await whoIs(token));
    known.delete(subject);
    const oldest = known.size < MOST ? undefined : known.keys().next().value;
    if (oldest !== undefined) known.delete(oldest);
    known.set(subject, { principal, askAgainAt: now() + FRESH_MS, until: now() + KEPT_MS });
    return principal;
  };

  return {
    /** `claims`: of this very token, checked. */
    userOf: async (claims: OutsideClaims, token: string): Promise<UserPrincipal> => {
      const { subject } = claims;
      const seen = known.get(subject);
      // Then what is known may be too much, and only the user service says what is left.
      const lost = seen !== undefined && (await ended.has(outsideSessionId(claims)).catch(() => false));
      if (seen !== undefined && !lost && now() < seen.askAgainAt) return seen.principal;
      try {
        return await ask(subject, token);
      } catch (error) {
        if (!(error instanceof ServiceUnavailableError)) {
          known.delete(subject);
          throw toProblem(error);
        }
        if (seen === undefined || lost || now() >= seen.until) throw unavailable();
        seen.askAgainAt = now() + REST_MS;
        return seen.principal;
      }
    },
  };
}

function toPrincipal({ id, roles, name, email }: User): UserPrincipal {
  return { kind: 'user', userId: id, roles, name, email };
}

const unavailable = () => serviceUnavailable('user-unavailable', 'Your user account can not be looked up right now.');

/** The user service's refusal is ours. */
function toProblem(error: unknown): unknown {
  if (!(error instanceof ServiceAnsweredError)) return error;
  if (error.status === 401) return invalidToken();
  return isOutsideRefusal(error.code) ? problemOf(error.code) : unavailable();
}
