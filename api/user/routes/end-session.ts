import type { Router } from 'express';
import { sessionOperations } from '../../../contracts/http/operations/sessions.js';
import { route } from '../../http/route.js';
import { parseBody } from '../../http/validate.js';
import type { UserContext } from '../context.js';

const operation = sessionOperations.endSession;

/** The refresh token is the proof; one that is not known has nothing left to end. */
export function endSession({ sessions, auth, rates }: Pick<UserContext, 'sessions' | 'auth' | 'rates'>): Router {
  return route(operation, { auth }, ...rates.tokens, async (req, res) => {
    const { refreshToken } = parseBody(operation.body, req);
    await sessions.end(refreshToken);
    res.status(204).end();
  });
}
