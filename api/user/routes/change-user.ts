import { Router } from 'express';
import { userPatchBodySchema } from '../../../contracts/http/users.js';
import { hashPassword } from '../../../services/user/passwords.js';
import type { UserStore } from '../../../services/user/user-store.js';
import { isAdmin, principalOf } from '../../http/access.js';
import type { Authenticator } from '../../http/auth.js';
import { forbidden, notFound } from '../../http/problem.js';
import { parseBody, parseParams } from '../../http/validate.js';
import { requireSelfOrAdmin } from '../self-or-admin.js';
import { userIdParamsSchema } from '../user-id-params.js';

/** PATCH /users/{id}: oneself, admin; `disabled` admin only. */
export function changeUserRoute({ users, auth }: { users: UserStore; auth: Authenticator }): Router {
  const router = Router();
  router.patch('/users/:id', auth.required, async (req, res) => {
    const { id } = parseParams(userIdParamsSchema, req);
    requireSelfOrAdmin(req, id);
    const { password, ...changes } = parseBody(userPatchBodySchema, req);
    if (changes.disabled !== undefined && !isAdmin(principalOf(req)))
      throw forbidden('Only an admin may set `disabled`.');
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const user = await users.update(id, { ...changes, passwordHash });
    if (user === undefined) throw notFound();
    res.json(user);
  });
  return router;
}
