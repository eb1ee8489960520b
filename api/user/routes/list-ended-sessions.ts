import type { Router } from 'express';
import { internalOperations } from '../../../contracts/http/operations/sessions.js';
import { route } from '../../http/route.js';
import { parseQuery } from '../../http/validate.js';
import type { UserContext } from '../context.js';

const operation = internalOperations.listEndedSessions;

/** What whoever checks our tokens asks each second. */
export function listEndedSessions({ ended, auth }: Pick<UserContext, 'ended' | 'auth'>): Router {
  return route(operation, { auth }, async (req, res) => {
    const { since } = parseQuery(operation.query, req);
    res.set('Cache-Control', 'no-store').json(await ended.since(since === undefined ? undefined : new Date(since)));
  });
}
