import type { Express } from 'express';
import { internalOperations, sessionOperations } from '../../contracts/http/operations/sessions.js';
import { userOperations } from '../../contracts/http/operations/users.js';
import { checkDatabase } from '../../platform/database/pool.js';
import type { Logger } from '../../platform/logger.js';
import { createHttpApp } from '../http/app.js';
import { documentRoute } from '../http/openapi/document-route.js';
import type { UserContext } from './context.js';
import { changeUserRoute } from './routes/change-user.js';
import { discoverRoute } from './routes/discover.js';
import { endSessionRoute } from './routes/end-session.js';
import { getOwnUserRoute } from './routes/get-own-user.js';
import { getUserRoute } from './routes/get-user.js';
import { issueTokenRoute } from './routes/issue-token.js';
import { listEndedSessionsRoute } from './routes/list-ended-sessions.js';
import { logInRoute } from './routes/log-in.js';
import { refreshSessionRoute } from './routes/refresh-session.js';
import { showKeysRoute } from './routes/show-keys.js';
import { signUpRoute } from './routes/sign-up.js';
import { validateUserRoute } from './routes/validate-user.js';

export function createUserApp(context: UserContext, { service, logger }: { service: string; logger: Logger }): Express {
  return createHttpApp({
    service,
    logger,
    metrics: context.metrics,
    readiness: { database: () => checkDatabase(context.pool), 'signing keys': () => context.auth.check() },
    routers: [
      signUpRoute(context),
      // Before the one whose id it would be.
      getOwnUserRoute(context),
      getUserRoute(context),
      changeUserRoute(context),
      validateUserRoute(context),
      logInRoute(context),
      refreshSessionRoute(context),
      endSessionRoute(context),
      listEndedSessionsRoute(context),
      issueTokenRoute(context),
      showKeysRoute(context),
      discoverRoute(context),
      documentRoute('user-service', { ...userOperations, ...sessionOperations, ...internalOperations }),
    ],
  });
}
