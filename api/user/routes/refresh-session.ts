import type { Request } from 'express';
import { sessionOperations } from '../../../contracts/http/sessions.js';
import { audit } from '../../http/audit.js';
import { handle, reply } from '../../http/handle.js';
import { unauthorized } from '../../http/problem.js';
import { toSession } from '../../../services/user/access-tokens.js';
import type { UserContext } from '../service.js';

export const refreshSession = ({ sessions, tokens, rates }: UserContext) =>
  handle(
    sessionOperations.refreshSession,
    async ({ body: { refreshToken }, req }) => {
      const refreshed = await sessions.refresh(refreshToken, clientOf(req));
      if (refreshed !== undefined && 'reusedOf' in refreshed)
        audit(req, 'authn_token_reuse', { subject: `user:${String(refreshed.reusedOf)}` });
      if (refreshed === undefined || 'reusedOf' in refreshed)
        throw unauthorized('The refresh token is not valid any more: log in again.');
      return reply(200, await toSession(tokens, refreshed), { 'Cache-Control': 'no-store' });
    },
    { before: rates.tokens },
  );

/** As far as two requests show it that they come from one. */
const clientOf = (req: Request): string => `${req.ip ?? ''} ${req.get('user-agent') ?? ''}`;
