import type { Pool } from 'pg';
import { createRedis } from '../../platform/redis.js';
import { createPool } from '../../platform/database/pool.js';
import { startPruner } from '../../platform/database/prune.js';
import type { Logger } from '../../platform/logger.js';
import { createMetrics } from '../../platform/metrics.js';
import type { Metrics } from '../../platform/metrics.js';
import { createAccessTokens } from '../../services/user/access-tokens.js';
import type { AccessTokens } from '../../services/user/access-tokens.js';
import { openUserDatabase } from '../../services/user/database.js';
import { createEndedSessionStore } from '../../services/user/ended-sessions.js';
import type { EndedSessionStore } from '../../services/user/ended-sessions.js';
import { prunableOfUsers } from '../../services/user/prunable.js';
import type { OAuthClient } from '../../services/user/oauth-clients.js';
import { createOutsideUserStore } from '../../services/user/outside-user-store.js';
import { createSessionStore } from '../../services/user/session-store.js';
import type { SessionStore } from '../../services/user/session-store.js';
import { createSigningKeys } from '../../services/user/signing-keys.js';
import type { SigningKeys } from '../../services/user/signing-keys.js';
import { createUserStore } from '../../services/user/user-store.js';
import type { UserStore } from '../../services/user/user-store.js';
import { createAuthenticator, outsideSettingsFrom } from '../http/auth.js';
import type { Authenticator } from '../http/auth.js';
import { createLimiter } from '../http/rate-limits.js';
import type { UserConfig } from './config.js';
import { outsideUserOf } from './outside-user.js';
import { limitUserRates } from './rate-limits.js';
import type { UserRates } from './rate-limits.js';

export interface UserContext {
  users: UserStore;
  sessions: SessionStore;
  ended: EndedSessionStore;
  tokens: AccessTokens;
  keys: SigningKeys;
  clients: OAuthClient[];
  issuer: string;
  auth: Authenticator;
  rates: UserRates;
  pool: Pool;
  metrics: Metrics;
  close(): Promise<void>;
}

export async function createContext(config: UserConfig, logger: Logger): Promise<UserContext> {
  const pool = createPool({ url: config.DATABASE_URL, size: 10, service: config.SERVICE_NAME, logger });
  const prisma = openUserDatabase(pool);
  const metrics = createMetrics(config.SERVICE_NAME);
  const { registry } = metrics;
  const keys = await createSigningKeys(config.JWT_PRIVATE_KEY);
  // Counting is not worth waiting for.
  const redis = createRedis({ url: config.REDIS_URL, logger, commandTimeoutMs: 250 });
  const ended = createEndedSessionStore(prisma);
  const issuer = config.JWT_ISSUER;
  const audience = config.JWT_AUDIENCE;
  const pruner = startPruner({ pool, tables: prunableOfUsers(config), everyMs: config.PRUNE_EVERY, registry, logger });
  return {
    users: createUserStore(prisma),
    ended,
    sessions: createSessionStore(prisma, { endsAfterMs: config.SESSION_ENDS_AFTER }),
    tokens: createAccessTokens({ keys, issuer, audience }),
    keys,
    clients: config.OAUTH_CLIENTS,
    issuer,
    // The keys are at hand: it must not have to ask itself over the network to be ready.
    auth: createAuthenticator({
      issuer,
      audience,
      jwksUrls: [`data:application/json,${encodeURIComponent(JSON.stringify(keys.publicKeys))}`],
      // And so are they: what ended is out here with the same commit.
      ended: { has: (id) => ended.has(id), check: () => Promise.resolve() },
      outside: outsideSettingsFrom(config, outsideUserOf(createOutsideUserStore(prisma), logger)),
      logger,
    }),
    rates: limitUserRates(createLimiter({ redis, logger }), {
      logins: config.RATE_LIMIT_LOGINS_PER_MINUTE,
      signUps: config.RATE_LIMIT_SIGN_UPS_PER_MINUTE,
      tokens: config.RATE_LIMIT_TOKENS_PER_MINUTE,
    }),
    pool,
    metrics,
    close: async () => {
      await pruner.stop();
      redis.disconnect();
      await prisma.$disconnect();
    },
  };
}
