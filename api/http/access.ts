import type { RequestHandler } from 'express';
import { forbidden, notFound, unauthorized } from './problem.js';

/** Who calls, as the access token says. */
export type Principal = UserPrincipal | ServicePrincipal;

export interface UserPrincipal {
  kind: 'user';
  userId: number;
  roles: string[];
  /** What a service falls back to while the user service is down. */
  name?: string;
  email?: string;
}

interface ServicePrincipal {
  kind: 'service';
  clientId: string;
  roles: string[];
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by the authenticator when the request carries a valid access token. */
    principal?: Principal;
  }
}

/** The caller as a user; 403 for a service. */
export function requireUser(caller: Principal): UserPrincipal {
  if (caller.kind !== 'user') throw forbidden('Only a user can do this.');
  return caller;
}

/** Who calls, as their token's `sub` says it: a user's id or a client's. No client's id is a number. */
export const subjectOf = (caller: Principal): string =>
  caller.kind === 'user' ? String(caller.userId) : caller.clientId;

export const isAdmin = (caller: Principal | undefined): boolean => caller?.roles.includes('admin') === true;

export const isUser = (caller: Principal, userId: number): boolean =>
  caller.kind === 'user' && caller.userId === userId;

/** A middleware: 403 unless the caller has one of the roles. */
export function requireRole(...roles: string[]): RequestHandler {
  return ({ principal }, _res, next) => {
    if (principal === undefined) throw unauthorized();
    if (!principal.roles.some((role) => roles.includes(role))) throw forbidden();
    next();
  };
}

export const isOwnerOrAdmin = (caller: Principal, ownerId: number): boolean =>
  isAdmin(caller) || isUser(caller, ownerId);

/** Throws 404, as if it did not exist, unless the caller owns it or is an admin. */
export function requireOwnerOrAdmin(caller: Principal, ownerId: number): void {
  if (!isOwnerOrAdmin(caller, ownerId)) throw notFound();
}

/** Whose list it is: the one asked for, by default the caller's; another's needs admin, who sees all when none is named. */
export function listOwner(caller: Principal, userId: number | undefined): number | undefined {
  if (isAdmin(caller)) return userId;
  if (caller.kind !== 'user' || (userId !== undefined && userId !== caller.userId))
    throw forbidden("Another user's list needs the role admin.");
  return caller.userId;
}

/** Throws 403, whether the user exists or not, unless the caller is that user or an admin. */
export function requireSelfOrAdmin(caller: Principal, userId: number): void {
  if (!isOwnerOrAdmin(caller, userId)) throw forbidden("Another user's data needs the role admin.");
}
