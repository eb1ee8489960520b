import { Router } from 'express';
import type { UserValidation } from '../../../contracts/http/users.js';
import type { UserStore } from '../../../services/user/user-store.js';
import { requireRole } from '../../http/access.js';
import type { Authenticator } from '../../http/auth.js';
import { notFound } from '../../http/problem.js';
import { parseParams } from '../../http/validate.js';
import { userIdParamsSchema } from '../user-id-params.js';

/** GET /users/{id}/validation: what another service needs of a user. */
export function validateUserRoute({ users, auth }: { users: UserStore; auth: Authenticator }): Router {
  const router = Router();
  router.get('/users/:id/validation', auth.required, requireRole('service', 'admin'), async (req, res) => {
    const { id } = parseParams(userIdParamsSchema, req);
    const user = await users.find(id);
    if (user === undefined) throw notFound();
    const { name, email, phone, address, disabled } = user;
    res.json({ id, valid: !disabled, name, email, phone, address } satisfies UserValidation);
  });
  return router;
}
