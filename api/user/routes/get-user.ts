import type { Router } from 'express';
import { userOperations } from '../../../contracts/http/operations/users.js';
import type { User } from '../../../contracts/http/users.js';
import type { UserStore } from '../../../services/user/user-store.js';
import type { Authenticator } from '../../http/auth.js';
import { sendVersioned } from '../../http/etag.js';
import { notFound } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseParams } from '../../http/validate.js';
import { requireSelfOrAdmin } from '../self-or-admin.js';

const operation = userOperations.getUser;

export function getUser({ users, auth }: { users: UserStore; auth: Authenticator }): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    requireSelfOrAdmin(req, id);
    const user = await users.find(id);
    if (user === undefined) throw notFound();
    sendVersioned<User>(res, user);
  });
}
