import type { Request, RequestHandler } from 'express';
import type { Principal, UserPrincipal } from './principal.js';
import { forbidden, notFound, unauthorized } from './problem.js';

/** The caller, on routes behind `required`. */
export function principalOf(req: Request): Principal {
  if (req.principal === undefined) throw unauthorized();
  return req.principal;
}

/** The caller as a user; 403 for a service. */
export function requireUser(req: Request): UserPrincipal {
  const principal = principalOf(req);
  if (principal.kind !== 'user') throw forbidden('Only a user can do this.');
  return principal;
}

/** Who calls, as their token's `sub` says it: a user's id or a client's. No client's id is a number. */
export const subjectOf = (principal: Principal): string =>
  principal.kind === 'user' ? String(principal.userId) : principal.clientId;

export const isAdmin = (principal: Principal): boolean => principal.roles.includes('admin');

/** A middleware: 403 unless the caller has one of the roles. */
export function requireRole(...roles: string[]): RequestHandler {
  return (req, _res, next) => {
    if (!principalOf(req).roles.some((role) => roles.includes(role))) throw forbidden();
    next();
  };
}

export const isOwnerOrAdmin = (principal: Principal, ownerId: number): boolean =>
  isAdmin(principal) || (principal.kind === 'user' && principal.userId === ownerId);

/** Throws 404, as if it did not exist, unless the caller owns it or is an admin. */
export function requireOwnerOrAdmin(req: Request, ownerId: number): Principal {
  const principal = principalOf(req);
  if (isOwnerOrAdmin(principal, ownerId)) return principal;
  throw notFound();
}

/** Whose list it is: the one asked for, by default the caller's; another's needs admin, who sees all when none is named. */
export function listOwner(req: Request, userId: number | undefined): number | undefined {
  const principal = principalOf(req);
  if (isAdmin(principal)) return userId;
  if (principal.kind !== 'user' || (userId !== undefined && userId !== principal.userId))
    throw forbidden("Another user's list needs the role admin.");
  return principal.userId;
}
