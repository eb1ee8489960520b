import { Router } from 'express';
import { refreshBodySchema } from '../../../contracts/http/sessions.js';
import type { SessionStore } from '../../../services/user/session-store.js';
import { parseBody } from '../../http/validate.js';

/** DELETE /sessions: the refresh token is the proof; one that is not known has nothing left to end. */
export function endSessionRoute({ sessions }: { sessions: SessionStore }): Router {
  const router = Router();
  router.delete('/sessions', async (req, res) => {
    const { refreshToken } = parseBody(refreshBodySchema, req);
    await sessions.end(refreshToken);
    res.status(204).end();
  });
  return router;
}
