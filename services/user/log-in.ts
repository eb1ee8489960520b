import { passwordMatches } from './passwords.js';
import type { RefreshedSession, SessionStore } from './session-store.js';
import type { UserStore } from './user-store.js';

export interface LogInOutcome {
  /** Whose account it is, where there is one. */
  userId?: number;
  outcome: 'success' | 'unknown-account' | 'wrong-password' | 'disabled' | 'changed-meanwhile';
  /** Where it is a success. */
  session?: RefreshedSession | undefined;
}

/** No session, after the same work, whatever the reason: no such user, a wrong password, a disabled user. */
export async function logIn(
  { users, sessions }: { users: UserStore; sessions: SessionStore },
  { email, password }: { email: string; password: string },
): Promise<LogInOutcome> {
  const found = await users.findCredentials({ email });
  const matches = await passwordMatches(found?.passwordHash, password);
  if (found === undefined) return { outcome: 'unknown-account' };
  const { user, passwordHash } = found;
  const refused = (outcome: LogInOutcome['outcome']) => ({ userId: user.id, outcome });
  if (!matches || passwordHash === null) return refused('wrong-password');
  if (user.disabled) return refused('disabled');
  const begun = await sessions.begin(user.id, passwordHash);
  if (begun === undefined) return refused('changed-meanwhile');
  return { userId: user.id, outcome: 'success', session: { user, ...begun } };
}
