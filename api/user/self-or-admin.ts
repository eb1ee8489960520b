import type { Request } from 'express';
import { isAdmin, principalOf } from '../http/access.js';
import { forbidden } from '../http/problem.js';

/** Throws 403, whether the user exists or not, unless the caller is that user or an admin. */
export function requireSelfOrAdmin(req: Request, userId: number): void {
  const principal = principalOf(req);
  if (isAdmin(principal) || (principal.kind === 'user' && principal.userId === userId)) return;
  throw forbidden("Another user's data needs the role admin.");
}
