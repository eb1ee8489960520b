import { Router } from 'express';
import type { RequestHandler } from 'express';
import type { Authenticator } from '../http/auth.js';
import { PUBLIC_ROUTES } from './public-routes.js';

/** 401 for a token that is not valid, and for none where one is needed. The services check again for themselves. */
export function authenticate(auth: Pick<Authenticator, 'required' | 'optional'>): Router {
  const router = Router();
  const through: RequestHandler = (_req, _res, next) => next('router');
  for (const { method, path, token } of PUBLIC_ROUTES) {
    if (token === 'optional') router[method](path, auth.optional, through);
    else router[method](path, through);
  }
  router.use(auth.required);
  return router;
}
