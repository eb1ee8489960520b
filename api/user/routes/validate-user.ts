import type { Router } from 'express';
import { userOperations } from '../../../contracts/http/operations/users.js';
import type { UserValidation } from '../../../contracts/http/users.js';
import type { UserStore } from '../../../services/user/user-store.js';
import type { Authenticator } from '../../http/auth.js';
import { notFound } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseParams } from '../../http/validate.js';

const operation = userOperations.validateUser;

/** What another service needs of a user. */
export function validateUser({ users, auth }: { users: UserStore; auth: Authenticator }): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    const user = await users.find(id);
    if (user === undefined) throw notFound();
    const { name, email, phone, address, disabled } = user;
    res.json({ id, valid: !disabled, name, email, phone, address } satisfies UserValidation);
  });
}
