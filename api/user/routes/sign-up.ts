import type { Router } from 'express';
import { userOperations } from '../../../contracts/http/operations/users.js';
import { hashPassword } from '../../../services/user/passwords.js';
import { conflict } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseBody } from '../../http/validate.js';
import { requireGoodPassword } from '../good-password.js';
import type { UserContext } from '../context.js';

const operation = userOperations.signUp;

export function signUp({ users, auth, rates }: Pick<UserContext, 'users' | 'auth' | 'rates'>): Router {
  return route(operation, { auth }, ...rates.signUps, async (req, res) => {
    const { password, ...body } = parseBody(operation.body, req);
    requireGoodPassword(password, body.email);
    const user = await users.create({ ...body, passwordHash: await hashPassword(password), roles: ['customer'] });
    if (user === 'email-taken') throw conflict('email-taken', 'Another user has this e-mail address.');
    res
      .status(201)
      .location(`/users/${String(user.id)}`)
      .json(user);
  });
}
