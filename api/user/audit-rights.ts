import type { Role, User } from '../../contracts/http/users.js';

/** What is written down of what somebody may, whoever changed it: nothing where it was so before. */
export function auditRights(
  before: User,
  { id, roles, disabled }: User,
  write: (
    event: 'authz_change' | 'user_disabled' | 'user_enabled',
    entry: { subject: string; before?: Role[]; roles?: Role[] },
  ) => void,
): void {
  const subject = `user:${String(id)}`;
  if (before.roles.length !== roles.length) write('authz_change', { subject, before: before.roles, roles });
  if (before.disabled !== disabled) write(disabled ? 'user_disabled' : 'user_enabled', { subject });
}
