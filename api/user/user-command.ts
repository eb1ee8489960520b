import { writeAudit } from '../../platform/audit.js';
import type { Logger } from '../../platform/logger.js';
import type { User } from '../../contracts/http/users.js';
import type { UserStore } from '../../services/user/user-store.js';
import { auditRights } from './audit-rights.js';

export const USAGE = `npm run users -- list
npm run users -- grant <e-mail> admin
npm run users -- revoke <e-mail> admin
npm run users -- disable <e-mail>
npm run users -- enable <e-mail>

Who is an admin, and who may log in. What is taken from somebody ends their sessions at once.
  list     admins, and whoever is disabled
  grant    makes a user an admin; their next access token says so: a refresh, or a log-in
  revoke   takes that from them
  disable  a user, who can't log in then; what they ordered goes on
  enable   one who was disabled
Each change leaves an audit line on stderr. Ends with 0, also when it was so before; with 1 when there is no such user; with 2 when it
could not be done. USER_DATABASE_URL names another database, HOLDFAST_DIR the folder of another stack.`;

interface Done {
  exitCode: 0 | 1 | 2;
  said: string;
}

/** What an operator typed, and what they are told. Rejects when the database can't be asked. */
export async function runUserCommand(
  [verb, email, role, ...more]: readonly string[],
  { users, logger }: { users: UserStore; logger: Logger },
): Promise<Done> {
  if (verb === 'list' && email === undefined) return { exitCode: 0, said: await list(users) };
  if (email === undefined || more.length > 0) return { exitCode: 2, said: USAGE };
  const changes = changesOf(verb, role);
  if (changes === undefined) return { exitCode: 2, said: USAGE };

  const found = await users.findCredentials({ email });
  const done = found && (await users.update(found.user.id, changes));
  if (done === undefined) return { exitCode: 1, said: `There is no user ${email}.` };
  const { user, before } = done;
  auditRights(before, user, (event, entry) => writeAudit(logger, event, { actor: 'operator', ...entry }));
  return { exitCode: 0, said: describe(user) };
}

function changesOf(verb: string | undefined, role: string | undefined) {
  if ((verb === 'grant' || verb === 'revoke') && role === 'admin') return { admin: verb === 'grant' };
  if ((verb === 'disable' || verb === 'enable') && role === undefined) return { disabled: verb === 'disable' };
  return undefined;
}

const describe = ({ id, email, roles, disabled }: User) =>
  `${String(id)}  ${email}  ${roles.join(', ')}${disabled ? '  disabled' : ''}`;

async function list(users: UserStore): Promise<string> {
  const found = await users.listSpecial();
  return found.length === 0 ? 'There is no admin, and nobody is disabled.' : found.map(describe).join('\n');
}
