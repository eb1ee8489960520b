import { Router } from 'express';
import { refreshBodySchema } from '../../../contracts/http/sessions.js';
import type { AccessTokens } from '../../../services/user/access-tokens.js';
import type { SessionStore } from '../../../services/user/session-store.js';
import { unauthorized } from '../../http/problem.js';
import { parseBody } from '../../http/validate.js';
import { sendSession } from '../session-answer.js';

/** POST /sessions/refresh */
export function refreshSessionRoute({ sessions, tokens }: { sessions: SessionStore; tokens: AccessTokens }): Router {
  const router = Router();
  router.post('/sessions/refresh', async (req, res) => {
    const { refreshToken } = parseBody(refreshBodySchema, req);
    const refreshed = await sessions.refresh(refreshToken);
    if (refreshed === undefined) throw unauthorized('The refresh token is not valid any more: log in again.');
    await sendSession(res, tokens, refreshed);
  });
  return router;
}
