import type { Request, Router } from 'express';
import { sessionOperations } from '../../../contracts/http/operations/sessions.js';
import { audit } from '../../http/audit.js';
import { unauthorized } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseBody } from '../../http/validate.js';
import { sendSession } from '../session-answer.js';
import type { UserContext } from '../context.js';

const operation = sessionOperations.refreshSession;

export function refreshSession({
  sessions,
  tokens,
  auth,
  rates,
}: Pick<UserContext, 'sessions' | 'tokens' | 'auth' | 'rates'>): Router {
  return route(operation, { auth }, ...rates.tokens, async (req, res) => {
    const { refreshToken } = parseBody(operation.body, req);
    const refreshed = await sessions.refresh(refreshToken, clientOf(req));
    if (refreshed !== undefined && 'reusedOf' in refreshed)
      audit(req, 'authn_token_reuse', { subject: `user:${String(refreshed.reusedOf)}` });
    if (refreshed === undefined || 'reusedOf' in refreshed)
      throw unauthorized('The refresh token is not valid any more: log in again.');
    await sendSession(res, tokens, refreshed);
  });
}

/** As far as two requests show it that they come from one. */
const clientOf = (req: Request): string => `${req.ip ?? ''} ${req.get('user-agent') ?? ''}`;
