import { userOperations } from '../../../contracts/http/users.js';
import { versioned, handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import { requireSelfOrAdmin } from '../../http/access.js';
import type { UserContext } from '../service.js';

export const getUser = ({ users }: UserContext) =>
  handle(userOperations.getUser, async ({ params: { id }, caller }) => {
    requireSelfOrAdmin(caller, id);
    const user = await users.find(id);
    if (user === undefined) throw notFound();
    return versioned(user);
  });
