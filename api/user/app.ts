import type { Express } from 'express';
import { internalOperations, sessionOperations } from '../../contracts/http/operations/sessions.js';
import { userOperations } from '../../contracts/http/operations/users.js';
import { checkDatabase } from '../../platform/database/pool.js';
import type { Logger } from '../../platform/logger.js';
import { createHttpApp } from '../http/app.js';
import { documentRoute } from '../http/openapi/document-route.js';
import type { UserContext } from './context.js';
import { changeUser } from './routes/change-user.js';
import { discover } from './routes/discover.js';
import { endSession } from './routes/end-session.js';
import { getOwnUser } from './routes/get-own-user.js';
import { getUser } from './routes/get-user.js';
import { issueToken } from './routes/issue-token.js';
import { listEndedSessions } from './routes/list-ended-sessions.js';
import { logIn } from './routes/log-in.js';
import { refreshSession } from './routes/refresh-session.js';
import { getKeys } from './routes/get-keys.js';
import { signUp } from './routes/sign-up.js';
import { validateUser } from './routes/validate-user.js';

export function createUserApp(context: UserContext, { service, logger }: { service: string; logger: Logger }): Express {
  return createHttpApp({
    service,
    logger,
    metrics: context.metrics,
    readiness: { database: () => checkDatabase(context.pool), 'signing keys': () => context.auth.check() },
    routers: [
      signUp(context),
      // Before the one whose id it would be.
      getOwnUser(context),
      getUser(context),
      changeUser(context),
      validateUser(context),
      logIn(context),
      refreshSession(context),
      endSession(context),
      listEndedSessions(context),
      issueToken(context),
      getKeys(context),
      discover(context),
      documentRoute('user-service', { ...userOperations, ...sessionOperations, ...internalOperations }),
    ],
  });
}
