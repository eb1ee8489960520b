import { Router } from 'express';
import type { RequestHandler } from 'express';
import { accessRuleOf } from '../../contracts/http/operation.js';
import type { Operation } from '../../contracts/http/operation.js';
import { requireRole } from './access.js';
import type { Authenticator } from './auth.js';
import { refuseQuery } from './validate.js';

type Guards = Pick<Authenticator, 'required' | 'optional'>;

/** A router for one operation: its method and path, what its access asks for, then the handlers. */
export function route(
  operation: Pick<Operation, 'method' | 'path' | 'access' | 'query'>,
  { auth }: { auth: Guards },
  ...handlers: RequestHandler[]
): Router {
  const { roles } = accessRuleOf(operation);
  const guards = [
    checkToken(operation, { auth }),
    ...(roles === undefined ? [] : [requireRole(...roles)]),
    // Where there is one, the handler reads it.
    ...(operation.query === undefined ? [refuseQuery] : []),
  ];
  return Router()[operation.method](expressPath(operation.path), ...guards, ...handlers);
}

/** From `/orders/{id}` to `/orders/:id`. */
export const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** A middleware: 401 for an access token that is not valid, and for none where the operation needs one. */
export function checkToken(operation: Pick<Operation, 'access'>, { auth }: { auth: Guards }): RequestHandler {
  switch (accessRuleOf(operation).token) {
    case 'unread':
      return (_req, _res, next) => next();
    case 'optional':
      return auth.optional;
    case 'required':
      return async (req, res, next) => {
        // Whoever may see it is known; a cache on the way is not.
        res.set('Cache-Control', 'no-store');
        await auth.required(req, res, next);
      };
  }
}
