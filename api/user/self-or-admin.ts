import { isOwnerOrAdmin, type Principal } from '../http/access.js';
import { forbidden } from '../http/problem.js';

/** Throws 403, whether the user exists or not, unless the caller is that user or an admin. */
export function requireSelfOrAdmin(caller: Principal, userId: number): void {
  if (!isOwnerOrAdmin(caller, userId)) throw forbidden("Another user's data needs the role admin.");
}
