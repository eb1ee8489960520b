import express, { Router } from 'express';
import { z } from 'zod';
import type { TokenAnswer } from '../../../contracts/http/sessions.js';
import { ACCESS_TOKEN_LIFETIME_S } from '../../../services/user/access-tokens.js';
import type { AccessTokens } from '../../../services/user/access-tokens.js';
import { findOAuthClient } from '../../../services/user/oauth-clients.js';
import type { OAuthClient } from '../../../services/user/oauth-clients.js';
import { invalidClient, invalidRequest, unsupportedGrantType } from '../oauth-problems.js';
import { readClientCredentials } from '../client-credentials.js';

// RFC 6749, section 3.2: parameters that are not known are ignored, and none may come twice.
const bodySchema = z.object({
  grant_type: z.string().min(1),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
});

/** POST /oauth/token: RFC 6749, section 4.4, client credentials. */
export function issueTokenRoute({ clients, tokens }: { clients: OAuthClient[]; tokens: AccessTokens }): Router {
  const router = Router();
  router.post('/oauth/token', express.urlencoded({ limit: '100kb', extended: false }), async (req, res) => {
    if (!req.is('application/x-www-form-urlencoded'))
      throw invalidRequest('The body must be application/x-www-form-urlencoded.');
    const body = bodySchema.safeParse(req.body);
    if (!body.success) throw invalidRequest('`grant_type` is missing, or a parameter came twice.');
    const credentials = readClientCredentials(req.headers.authorization, body.data);
    const client = credentials && findOAuthClient(clients, credentials.clientId, credentials.secret);
    if (client === undefined) throw invalidClient();
    if (body.data.grant_type !== 'client_credentials') throw unsupportedGrantType();
    const answer: TokenAnswer = {
      access_token: await tokens.forClient(client),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_S,
    };
    res.set('Cache-Control', 'no-store').json(answer);
  });
  return router;
}
