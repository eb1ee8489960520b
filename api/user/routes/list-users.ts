import { userOperations } from '../../../contracts/http/users.js';
import { handle } from '../../http/handle.js';
import { readIntegerCursor, toPage } from '../../http/pagination.js';
import type { UserContext } from '../service.js';

export const listUsers = ({ users }: UserContext) =>
  handle(userOperations.listUsers, async ({ query: { email, limit, cursor } }) => {
    const found = await users.list({ email, before: readIntegerCursor(cursor)?.id, limit: limit + 1 });
    return toPage(
      found,
      limit,
      ({ createdAt, id }) => ({ createdAt: new Date(createdAt), id: String(id) }),
      (user) => user,
    );
  });
