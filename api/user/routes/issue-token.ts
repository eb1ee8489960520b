import express from 'express';
import { sessionOperations } from '../../../contracts/http/sessions.js';
import { ACCESS_TOKEN_LIFETIME_S } from '../../../services/user/access-tokens.js';
import { findOAuthClient } from '../../../services/user/oauth-clients.js';
import { audit } from '../../http/audit.js';
import { PLAIN_BODY } from '../../http/app.js';
import { handle, reply } from '../../http/handle.js';
import type { UserContext } from '../service.js';
import { ProblemError } from '../../http/problem.js';

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

interface ClientCredentials {
  clientId: string;
  secret: string;
}

/** Reads them from the Authorization header or the body, never both: RFC 6749, section 2.3.1. */
function readClientCredentials(
  authorization: string | undefined,
  body: { client_id?: string | undefined; client_secret?: string | undefined },
): ClientCredentials | undefined {
  const { client_id: clientId, client_secret: secret } = body;
  if (authorization === undefined)
    return clientId === undefined || secret === undefined ? undefined : { clientId, secret };
  if (secret !== undefined)
    throw invalidRequest('Give the secret in the Authorization header or in the body, not in both.');
  const basic = fromBasic(authorization);
  if (clientId !== undefined && clientId !== basic.clientId)
    throw invalidRequest('`client_id` is not the one of the Authorization header.');
  return basic;
}

function fromBasic(authorization: string): ClientCredentials {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  const [, clientId, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  if (clientId === undefined || secret === undefined) throw invalidClient();
  return { clientId: formDecode(clientId), secret: formDecode(secret) };
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidClient();
  }
}

const CODES = {
  invalid_request: 'invalid-request',
  invalid_client: 'invalid-client',
  unsupported_grant_type: 'unsupported-grant-type',
} as const;

// RFC 6749, section 5.2, as a problem that carries the standard's own member `error`.
function oauthProblem(
  status: number,
  error: keyof typeof CODES,
  detail: string,
  headers: Record<string, string> = {},
): ProblemError {
  return new ProblemError({
    status,
    code: CODES[error],
    detail,
    headers: { 'Cache-Control': 'no-store', ...headers },
    extensions: { error },
  });
}

const invalidRequest = (detail: string): ProblemError => oauthProblem(400, 'invalid_request', detail);

const invalidClient = (): ProblemError =>
  oauthProblem(401, 'invalid_client', 'The client id or the secret is wrong.', {
    'WWW-Authenticate': 'Basic realm="holdfast"',
  });

const unsupportedGrantType = (): ProblemError =>
  oauthProblem(400, 'unsupported_grant_type', 'The only grant type is client_credentials.');
