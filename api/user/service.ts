import type { Request, RequestHandler, Express } from 'express';
import { normalizeEmail, createUserStore, type UserStore } from '../../services/user/user-store.js';
import { addressOf, callerOf, type Limiter, createLimiter } from '../http/rate-limits.js';
import { internalOperations, sessionOperations } from '../../contracts/http/sessions.js';
import { userOperations } from '../../contracts/http/users.js';
import { checkDatabase, openDatabase } from '../../platform/database/pool.js';
import { startPruner } from '../../platform/database/prune.js';
import { createRedis } from '../../platform/redis.js';
import { createAccessTokens, type AccessTokens } from '../../services/user/access-tokens.js';
import {
  createEndedSessionStore,
  type EndedSessionStore,
  createSessionStore,
  type SessionStore,
} from '../../services/user/session-store.js';
import type { OAuthClient } from '../../services/user/oauth-clients.js';
import { createOutsideUserStore, type OutsideUserStore } from '../../services/user/outside-user-store.js';
import { PrismaClient } from '../../services/user/prisma/generated/client.js';
import { prunableOfUsers } from '../../services/user/prunable.js';
import { createSigningKeys, type SigningKeys } from '../../services/user/signing-keys.js';
import { createServiceApp, type ServiceContext } from '../http/app.js';
import { createAuthenticator, outsideSettingsFrom, type OutsideSettings } from '../http/auth.js';
import type { Base } from '../http/serve.js';
import type { UserConfig } from './config.js';
import { changeUser } from './routes/change-user.js';
import { discover } from './routes/discover.js';
import { endBrowserSession, endSession } from './routes/end-session.js';
import { getKeys } from './routes/get-keys.js';
import { getOwnUser } from './routes/get-own-user.js';
import { getUser } from './routes/get-user.js';
import { issueToken } from './routes/issue-token.js';
import { listEndedSessions } from './routes/list-ended-sessions.js';
import { listUsers } from './routes/list-users.js';
import { logIn, logInBrowser } from './routes/log-in.js';
import { refreshBrowserSession, refreshSession } from './routes/refresh-session.js';
import { signUp } from './routes/sign-up.js';
import { validateUser } from './routes/validate-user.js';
import type { Logger } from '../../platform/logger.js';
import { problemOf } from '../http/problem.js';

/** How many in a minute. */
interface UserRateLimits {
  logins: number;
  signUps: number;
  tokens: number;
}

/** Before the handlers of what a guess costs nothing else. */
type UserRates = Record<'passwords' | 'signUps' | 'tokens', RequestHandler[]>;

/**
 * Counted here, where a message is understood, so that the account is the one that is asked about, however it was written. A
 * password may be tried for an account at an address some times; nobody locks another one's account from elsewhere by that. Ten
 * times as often for an account from everywhere, and at an address for all accounts.
 */
function limitUserRates(limiter: Limiter, limits: UserRateLimits): UserRates {
  const byAddress = (name: string, limit: number) => limiter({ name, limit, keyOf: addressOf });
  return {
    passwords: [
      limiter({ name: 'log-ins', limit: limits.logins, keyOf: (req) => `${accountOf(req)} ${addressOf(req)}` }),
      limiter({ name: 'log-ins of an account', limit: 10 * limits.logins, keyOf: accountOf }),
      byAddress('log-ins from an address', 10 * limits.logins),
    ],
    signUps: [byAddress('sign-ups', limits.signUps)],
    tokens: [byAddress('tokens', limits.tokens)],
  };
}

/** Whose password is tried: the one who is named, or whoever changes their own. */
function accountOf(req: Request): string {
  const { email } = (req.body ?? {}) as { email?: unknown };
  if (typeof email === 'string') return normalizeEmail(email);
  const { principal } = req;
  return principal?.kind === 'user' && principal.email !== undefined ? principal.email : callerOf(req);
}

/** What the handlers work with. */
export interface UserContext extends ServiceContext {
  users: UserStore;
  sessions: SessionStore;
  ended: EndedSessionStore;
  tokens: AccessTokens;
  keys: SigningKeys;
  clients: OAuthClient[];
  issuer: string;
  rates: UserRates;
}

export async function createContext(base: Base<UserConfig>): Promise<UserContext> {
  const { config, logger, metrics, onShutdown } = base;
  const { pool, prisma } = openDatabase(base, PrismaClient);
  const keys = await createSigningKeys(config.JWT_PRIVATE_KEY);
  // Counting is not worth waiting for.
  const redis = createRedis({ url: config.REDIS_URL, logger, commandTimeoutMs: 250 });
  onShutdown('Redis', () => redis.disconnect());
  const { registry } = metrics;
  const pruner = startPruner({ pool, tables: prunableOfUsers(config), everyMs: config.PRUNE_EVERY, registry, logger });
  onShutdown('pruner', () => pruner.stop());

  const ended = createEndedSessionStore(prisma);
  const issuer = config.JWT_ISSUER;
  const audience = config.JWT_AUDIENCE;
  const auth = createAuthenticator({
    issuer,
    audience,
    // The keys are at hand: it must not have to ask itself over the network to be ready.
    jwksUrls: [`data:application/json,${encodeURIComponent(JSON.stringify(keys.publicKeys))}`],
    // And so are they: what ended is out here with the same commit.
    ended: { has: (id) => ended.has(id), check: () => Promise.resolve() },
    outside: outsideSettingsFrom(config, outsideUserOf(createOutsideUserStore(prisma), logger)),
    logger,
  });
  return {
    logger,
    metrics,
    auth,
    readiness: { database: () => checkDatabase(pool), 'signing keys': () => auth.check() },
    users: createUserStore(prisma),
    ended,
    sessions: createSessionStore(prisma, { endsAfterMs: config.SESSION_ENDS_AFTER }),
    tokens: createAccessTokens({ keys, issuer, audience }),
    keys,
    clients: config.OAUTH_CLIENTS,
    issuer,
    rates: limitUserRates(createLimiter({ redis, logger }), {
      logins: config.RATE_LIMIT_LOGINS_PER_MINUTE,
      signUps: config.RATE_LIMIT_SIGN_UPS_PER_MINUTE,
      tokens: config.RATE_LIMIT_TOKENS_PER_MINUTE,
    }),
  };
}

const operations = { ...userOperations, ...sessionOperations, ...internalOperations } as const;

export function createUserApp(context: UserContext): Express {
  const handlers = {
    signUp: signUp(context),
    listUsers: listUsers(context),
    getOwnUser: getOwnUser(context),
    getUser: getUser(context),
    changeUser: changeUser(context),
    validateUser: validateUser(context),
    logIn: logIn(context),
    refreshSession: refreshSession(context),
    endSession: endSession(context),
    logInBrowser: logInBrowser(context),
    refreshBrowserSession: refreshBrowserSession(context),
    endBrowserSession: endBrowserSession(context),
    listEndedSessions: listEndedSessions(context),
    issueToken: issueToken(context),
    getKeys: getKeys(context),
    discover: discover(context),
  };
  return createServiceApp('user-service', operations, handlers, context);
}

/** Whom the holder of an outside provider's token is here; 403 for those who are nobody, saying why. */
function outsideUserOf(store: OutsideUserStore, logger: Logger): OutsideSettings['userOf'] {
  return async (claims) => {
    const found = await store.findOrCreate(claims);
    if (!('user' in found)) throw problemOf(found.outcome);
    if (found.outcome === 'created') logger.info({ userId: found.user.id }, 'user of an outside provider seen first');
    const { id, roles, name, email, disabled } = found.user;
    if (disabled) throw problemOf('user-disabled');
    return { kind: 'user', userId: id, roles, name, email };
  };
}
