import type { Router } from 'express';
import { userOperations } from '../../../contracts/http/operations/users.js';
import type { User } from '../../../contracts/http/users.js';
import type { UserStore } from '../../../services/user/user-store.js';
import { requireUser } from '../../http/access.js';
import type { Authenticator } from '../../http/auth.js';
import { sendVersioned } from '../../http/etag.js';
import { notFound } from '../../http/problem.js';
import { route } from '../../http/route.js';

/** Other services ask it too, who the holder of an outside provider's token is. */
export function getOwnUser({ users, auth }: { users: UserStore; auth: Authenticator }): Router {
  return route(userOperations.getOwnUser, { auth }, async (req, res) => {
    const user = await users.find(requireUser(req).userId);
    if (user === undefined) throw notFound();
    sendVersioned<User>(res, user);
  });
}
