import { userOperations } from '../../../contracts/http/users.js';
import { handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import type { UserContext } from '../service.js';

/** What another service needs of a user. */
export const validateUser = ({ users }: UserContext) =>
  handle(userOperations.validateUser, async ({ params: { id } }) => {
    const user = await users.find(id);
    if (user === undefined) throw notFound();
    const { name, email, phone, address, disabled } = user;
    return { id, valid: !disabled, name, email, phone, address };
  });
