import { userOperations } from '../../../contracts/http/users.js';
import { requireUser } from '../../http/access.js';
import { versioned, handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import type { UserContext } from '../service.js';

/** Other services ask it too, who the holder of an outside provider's token is. */
export const getOwnUser = ({ users }: UserContext) =>
  handle(userOperations.getOwnUser, async ({ caller }) => {
    const user = await users.find(requireUser(caller).userId);
    if (user === undefined) throw notFound();
    return versioned(user);
  });
