import type { Router } from 'express';
import { userOperations } from '../../../contracts/http/operations/users.js';
import { hashPassword } from '../../../services/user/passwords.js';
import type { UserStore } from '../../../services/user/user-store.js';
import { isAdmin, principalOf } from '../../http/access.js';
import type { Authenticator } from '../../http/auth.js';
import { forbidden, notFound } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseBody, parseParams } from '../../http/validate.js';
import { requireSelfOrAdmin } from '../self-or-admin.js';

const operation = userOperations.changeUser;

/** By oneself or an admin; `disabled` by an admin alone. */
export function changeUserRoute({ users, auth }: { users: UserStore; auth: Authenticator }): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    requireSelfOrAdmin(req, id);
    const { password, ...changes } = parseBody(operation.body, req);
    if (changes.disabled !== undefined && !isAdmin(principalOf(req)))
      throw forbidden('Only an admin may set `disabled`.');
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const user = await users.update(id, { ...changes, passwordHash });
    if (user === undefined) throw notFound();
    res.json(user);
  });
}
