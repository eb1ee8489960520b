import { Router } from 'express';
import { signUpBodySchema } from '../../../contracts/http/users.js';
import { hashPassword } from '../../../services/user/passwords.js';
import type { UserStore } from '../../../services/user/user-store.js';
import { conflict } from '../../http/problem.js';
import { parseBody } from '../../http/validate.js';

/** POST /users */
export function signUpRoute({ users }: { users: UserStore }): Router {
  const router = Router();
  router.post('/users', async (req, res) => {
    const { password, ...body } = parseBody(signUpBodySchema, req);
    const user = await users.create({ ...body, passwordHash: await hashPassword(password), roles: ['customer'] });
    if (user === 'email-taken') throw conflict('email-taken', 'Another user has this e-mail address.');
    res
      .status(201)
      .location(`/users/${String(user.id)}`)
      .json(user);
  });
  return router;
}
