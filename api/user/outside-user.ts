import type { Logger } from '../../platform/logger.js';
import type { OutsideUserStore } from '../../services/user/outside-user-store.js';
import type { OutsideSettings } from '../http/auth.js';
import { problemOf } from '../http/problem.js';

/** Whom the holder of an outside provider's token is here; 403 for those who are nobody, saying why. */
export function outsideUserOf(store: OutsideUserStore, logger: Logger): OutsideSettings['userOf'] {
  return async (claims) => {
    const found = await store.findOrCreate(claims);
    if (!('user' in found)) throw problemOf(found.outcome);
    if (found.outcome === 'created') logger.info({ userId: found.user.id }, 'user of an outside provider seen first');
    const { id, roles, name, email, disabled } = found.user;
    if (disabled) throw problemOf('user-disabled');
    return { kind: 'user', userId: id, roles, name, email };
  };
}
