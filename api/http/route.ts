import { Router } from 'express';
import type { RequestHandler } from 'express';
import { accessRuleOf } from '../../contracts/http/operation.js';
import type { Operation } from '../../contracts/http/operation.js';
import { requireRole } from './access.js';
import type { Authenticator } from './auth.js';

type Guards = Pick<Authenticator, 'required' | 'optional'>;

/** A router for one operation: its method and path, what its access asks for, then the handlers. */
export function route(
  operation: Pick<Operation, 'method' | 'path' | 'access'>,
  { auth }: { auth: Guards },
  ...handlers: RequestHandler[]
): Router {
  return Router()[operation.method](expressPath(operation.path), ...guardsOf(operation, auth), ...handlers);
}

/** From `/orders/{id}` to `/orders/:id`. */
export const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

function guardsOf(operation: Pick<Operation, 'access'>, auth: Guards): RequestHandler[] {
  const { token, roles } = accessRuleOf(operation);
  switch (token) {
    case 'unread':
      return [];
    case 'optional':
      return [auth.optional];
    case 'required':
      return roles === undefined ? [auth.required] : [auth.required, requireRole(...roles)];
  }
}
