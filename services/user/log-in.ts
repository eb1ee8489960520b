import { passwordMatches } from './passwords.js';
import type { RefreshedSession, SessionStore } from './session-store.js';
import type { UserStore } from './user-store.js';

/** undefined, after the same work, whatever the reason: no such user, a wrong password, a disabled user. */
export async function logIn(
  { users, sessions }: { users: UserStore; sessions: SessionStore },
  { email, password }: { email: string; password: string },
): Promise<RefreshedSession | undefined> {
  const found = await users.findCredentials({ email });
  const matches = await passwordMatches(found?.passwordHash, password);
  if (!matches || typeof found?.passwordHash !== 'string' || found.user.disabled) return undefined;
  const begun = await sessions.begin(found.user.id, found.passwordHash);
  return begun && { user: found.user, ...begun };
}
