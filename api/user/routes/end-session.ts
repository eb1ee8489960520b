import type { Router } from 'express';
import { sessionOperations } from '../../../contracts/http/operations/sessions.js';
import type { SessionStore } from '../../../services/user/session-store.js';
import type { Authenticator } from '../../http/auth.js';
import { route } from '../../http/route.js';
import { parseBody } from '../../http/validate.js';
import type { UserRates } from '../rate-limits.js';

const operation = sessionOperations.endSession;

/** The refresh token is the proof; one that is not known has nothing left to end. */
export function endSessionRoute({
  sessions,
  auth,
  rates,
}: {
  sessions: SessionStore;
  auth: Authenticator;
  rates: UserRates;
}): Router {
  return route(operation, { auth }, ...rates.tokens, async (req, res) => {
    const { refreshToken } = parseBody(operation.body, req);
    await sessions.end(refreshToken);
    res.status(204).end();
  });
}
