import type { User } from '../../contracts/http/users.js';
import { passwordMatches } from './passwords.js';
import type { SessionStore } from './session-store.js';
import type { UserStore } from './user-store.js';

export interface LoggedIn {
  user: User;
  refreshToken: string;
}

/** undefined, after the same work, whatever the reason: no such user, a wrong password, a disabled user. */
export async function logIn(
  { users, sessions }: { users: UserStore; sessions: SessionStore },
  { email, password }: { email: string; password: string },
): Promise<LoggedIn | undefined> {
  const found = await users.findCredentials({ email });
  const matches = await passwordMatches(found?.passwordHash, password);
  if (!matches || typeof found?.passwordHash !== 'string' || found.user.disabled) return undefined;
  const refreshToken = await sessions.begin(found.user.id, found.passwordHash);
  return refreshToken === undefined ? undefined : { user: found.user, refreshToken };
}
