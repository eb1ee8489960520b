import { Router } from 'express';
import type { UserStore } from '../../../services/user/user-store.js';
import type { Authenticator } from '../../http/auth.js';
import { notFound } from '../../http/problem.js';
import { parseParams } from '../../http/validate.js';
import { requireSelfOrAdmin } from '../self-or-admin.js';
import { userIdParamsSchema } from '../user-id-params.js';

/** GET /users/{id}: oneself, admin. */
export function getUserRoute({ users, auth }: { users: UserStore; auth: Authenticator }): Router {
  const router = Router();
  router.get('/users/:id', auth.required, async (req, res) => {
    const { id } = parseParams(userIdParamsSchema, req);
    requireSelfOrAdmin(req, id);
    const user = await users.find(id);
    if (user === undefined) throw notFound();
    res.json(user);
  });
  return router;
}
