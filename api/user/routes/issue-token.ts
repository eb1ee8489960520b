import express from 'express';
import { sessionOperations } from '../../../contracts/http/operations/sessions.js';
import { ACCESS_TOKEN_LIFETIME_S } from '../../../services/user/access-tokens.js';
import { findOAuthClient } from '../../../services/user/oauth-clients.js';
import { audit } from '../../http/audit.js';
import { PLAIN_BODY } from '../../http/app.js';
import { handle, reply } from '../../http/handle.js';
import { invalidClient, invalidRequest, unsupportedGrantType } from '../oauth-problems.js';
import { readClientCredentials } from '../client-credentials.js';
import type { UserContext } from '../service.js';

const operation = sessionOperations.issueToken;
const parseForm = express.urlencoded({ ...PLAIN_BODY, extended: false });

/** RFC 6749, section 4.4, client credentials. The body is parsed here: what is wrong with it has that standard's words. */
export const issueToken = ({ clients, tokens, rates }: UserContext) =>
  handle(
    operation,
    async ({ req }) => {
      if (!req.is('application/x-www-form-urlencoded'))
        throw invalidRequest('The body must be application/x-www-form-urlencoded.');
      const body = operation.body.safeParse(req.body);
      if (!body.success) throw invalidRequest('`grant_type` is missing, or a parameter came twice.');
      const credentials = readClientCredentials(req.headers.authorization, body.data);
      const client = credentials && findOAuthClient(clients, credentials.clientId, credentials.secret);
      if (client === undefined) {
        // A name of no client may be anything, a person's too.
        const known = clients.find(({ clientId }) => clientId === credentials?.clientId);
        if (known === undefined) audit(req, 'authn_login_fail', { outcome: 'unknown-client' });
        else audit(req, 'authn_login_fail', { subject: `client:${known.clientId}`, outcome: 'wrong-secret' });
        throw invalidClient();
      }
      if (body.data.grant_type !== 'client_credentials') throw unsupportedGrantType();
      const answer = {
        access_token: await tokens.forClient(client),
        token_type: 'Bearer' as const,
        expires_in: ACCESS_TOKEN_LIFETIME_S,
      };
      return reply(200, answer, { 'Cache-Control': 'no-store' });
    },
    { before: [...rates.tokens, parseForm] },
  );
