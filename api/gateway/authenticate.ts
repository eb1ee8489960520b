import { Router } from 'express';
import { accessRuleOf } from '../../contracts/http/operation.js';
import { forwardedOperations } from '../../contracts/http/operations/gateway.js';
import type { Authenticator } from '../http/auth.js';
import { checkToken, expressPath } from '../http/route.js';

/**
 * 401 for a token that is not valid, and for none where one is needed: anywhere but on the operations that say
 * otherwise. The services check again for themselves.
 */
export function authenticate(auth: Pick<Authenticator, 'required' | 'optional'>): Router {
  const router = Router();
  for (const operation of Object.values(forwardedOperations)) {
    if (accessRuleOf(operation).token === 'required') continue;
    router[operation.method](expressPath(operation.path), checkToken(operation, { auth }), (_req, _res, next) =>
      next('router'),
    );
  }
  router.use(auth.required);
  return router;
}
