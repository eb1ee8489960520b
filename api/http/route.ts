import { Router, type RequestHandler } from 'express';
import { accessRuleOf, type Operation } from '../../contracts/http/operation.js';
import { requireRole } from './access.js';
import type { Authenticator } from './auth.js';
import { refuseQuery } from './validate.js';
import { ProblemError } from './problem.js';

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

/** For sorting: a path in words comes before one with a parameter in their place. */
export const wordsFirst = (a: string, b: string): number => Number(a.includes('{')) - Number(b.includes('{'));

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

/**
 * Of a path that there are operations for: 405 with `Allow` for any other method, whoever asks, and `Allow` for OPTIONS.
 */
export function allowedMethods(operations: readonly Pick<Operation, 'method' | 'path'>[]): Router {
  const router = Router();
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of operations) {
    const known = methods.get(path) ?? new Set();
    methods.set(path, known.add(method.toUpperCase()));
  }
  const paths = [...methods].sort(([a], [b]) => wordsFirst(a, b));
  for (const [path, known] of paths) {
    const allowed = [...known, ...(known.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
    router.all(expressPath(path), (req, res, next) => {
      if (req.method === 'OPTIONS') return void res.set('Allow', allowed.join(', ')).status(204).end();
      if (allowed.includes(req.method)) return next('router');
      throw methodNotAllowed(allowed);
    });
  }
  return router;
}

const methodNotAllowed = (allowed: string[]) =>
  new ProblemError({
    status: 405,
    code: 'method-not-allowed',
    detail: `Allowed methods: ${allowed.join(', ')}.`,
    headers: { Allow: allowed.join(', ') },
  });
