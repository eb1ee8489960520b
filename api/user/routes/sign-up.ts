import { userOperations } from '../../../contracts/http/users.js';
import { hashPassword } from '../../../services/user/passwords.js';
import { handle, reply } from '../../http/handle.js';
import { conflict } from '../../http/problem.js';
import { requireGoodPassword } from '../good-password.js';
import type { UserContext } from '../service.js';

export const signUp = ({ users, rates }: UserContext) =>
  handle(
    userOperations.signUp,
    async ({ body: { password, ...rest } }) => {
      requireGoodPassword(password, rest.email);
      const user = await users.create({ ...rest, passwordHash: await hashPassword(password), roles: ['customer'] });
      if (user === 'email-taken') throw conflict('email-taken', 'Another user has this e-mail address.');
      return reply(201, user, { Location: `/users/${String(user.id)}` });
    },
    { before: rates.signUps },
  );
