import { z } from 'zod';
import { textSchema, timeSchema } from './common.js';
import { emailSchema, EXAMPLE_USER, userSchema } from './users.js';
import type { Operations } from './operation.js';

const logInBodySchema = z.strictObject({ email: emailSchema, password: textSchema(200).min(1) }).meta({
  id: 'LogIn',
  description: 'Who logs in.',
  examples: [{ email: 'alice@example.com', password: 'holdfast-demo' }],
});

const refreshBodySchema = z.strictObject({ refreshToken: textSchema(500).min(1) }).meta({
  id: 'Refresh',
  description: 'A refresh token, which is good for once.',
  examples: [{ refreshToken: 'b3BhcXVl' }],
});

const sessionSchema = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    expiresIn: z.int().meta({ description: 'Seconds until the access token ends.' }),
    user: userSchema,
  })
  .meta({
    id: 'Session',
    description: 'What a browser or an app keeps while somebody is logged in.',
    examples: [
      {
        accessToken: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
        refreshToken: 'b3BhcXVl',
        expiresIn: 900,
        user: EXAMPLE_USER,
      },
    ],
  });
export type Session = z.infer<typeof sessionSchema>;

/** Where a browser sends it, and nowhere else. */
export const SESSION_COOKIE = { name: 'holdfast_session', path: '/sessions/cookie' } as const;

const browserSessionSchema = sessionSchema.omit({ refreshToken: true }).meta({
  id: 'BrowserSession',
  description: 'What a page keeps while somebody is logged in; the refresh token is in the cookie.',
  examples: [{ accessToken: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln', expiresIn: 900, user: EXAMPLE_USER }],
});
export type BrowserSession = z.infer<typeof browserSessionSchema>;

/** A browser lets no page of another site send it unasked: the cookie alone proves nothing. */
export const fromScriptSchema = z.object({
  'X-Requested-With': z.literal('fetch').meta({ description: 'What no form and no link can send.' }),
});

/** Opaque ids, of which a token names one. */
export const endedSessionsSchema = z
  .object({
    at: timeSchema.meta({ description: 'What to ask from the next time.' }),
    ids: z.array(z.string()),
  })
  .meta({ id: 'EndedSessions', description: 'Ids of sessions whose tokens are no longer good.' });
export type EndedSessions = z.infer<typeof endedSessionsSchema>;

/** RFC 6749, section 5.1. */
const tokenAnswerSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
  })
  .meta({
    id: 'TokenAnswer',
    description: 'RFC 6749, section 5.1.',
    examples: [{ access_token: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln', token_type: 'Bearer', expires_in: 900 }],
  });

/** RFC 6749, section 3.2: parameters that are not known are ignored, and none may come twice. */
const tokenRequestSchema = z
  .object({
    grant_type: z
      .string()
      .min(1)
      .meta({ description: '`client_credentials`.', examples: ['client_credentials'] }),
    client_id: z.string().optional(),
    client_secret: z.string().optional(),
  })
  .meta({
    id: 'TokenRequest',
    description: 'RFC 6749, section 4.4.2.',
    examples: [{ grant_type: 'client_credentials' }],
  });

/** RFC 7517. */
const keySetSchema = z
  .object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string() })) })
  .meta({ id: 'KeySet', description: 'RFC 7517.' });

/** OpenID Connect Discovery 1.0, section 3. */
const discoverySchema = z
  .object({
    issuer: z.string(),
    jwks_uri: z.string(),
    token_endpoint: z.string(),
    token_endpoint_auth_methods_supported: z.array(z.string()),
    grant_types_supported: z.array(z.string()),
    response_types_supported: z.array(z.string()),
    subject_types_supported: z.array(z.string()),
    id_token_signing_alg_values_supported: z.array(z.string()),
  })
  .meta({ id: 'Discovery', description: 'OpenID Connect Discovery 1.0, section 3.' });

const common = { service: 'user-service', tag: 'Sessions and tokens' } as const;

const noStoreSchema = z.object({ 'Cache-Control': z.literal('no-store') });
const cookieSchema = noStoreSchema.extend({
  'Set-Cookie': z.string().meta({
    description: 'The refresh token: `HttpOnly`, `SameSite=Strict`, `Secure` over https; it ends with the browser.',
    examples: [`${SESSION_COOKIE.name}=b3BhcXVl; HttpOnly; Path=${SESSION_COOKIE.path}; SameSite=Strict`],
  }),
});
const cachedSchema = z.object({ 'Cache-Control': z.string().meta({ examples: ['public, max-age=300'] }) });

export const sessionOperations = {
  logIn: {
    ...common,
    method: 'post',
    path: '/sessions',
    summary: 'Log in',
    access: 'without-token',
    body: logInBodySchema,
    answers: { 201: { description: 'A pair of tokens.', schema: sessionSchema, headers: noStoreSchema } },
    problems: ['unauthorized', 'too-many-requests', 'service-unavailable'],
  },
  refreshSession: {
    ...common,
    method: 'post',
    path: '/sessions/refresh',
    summary: 'A new pair of tokens',
    description:
      'The old refresh token is spent; using it again ends the session, but for the same client within 10 seconds.',
    access: 'without-token',
    body: refreshBodySchema,
    answers: { 200: { description: 'The new pair.', schema: sessionSchema, headers: noStoreSchema } },
    problems: ['unauthorized', 'too-many-requests'],
  },
  endSession: {
    ...common,
    method: 'delete',
    path: '/sessions',
    summary: 'Log out',
    access: 'without-token',
    body: refreshBodySchema,
    answers: { 204: { description: 'The refresh token is worth nothing any more.' } },
    problems: ['too-many-requests'],
  },
  logInBrowser: {
    ...common,
    method: 'post',
    path: SESSION_COOKIE.path,
    summary: 'Log in, for a page in a browser',
    description: 'As `POST /sessions`, but the refresh token comes as a cookie that no script can read.',
    access: 'without-token',
    headers: fromScriptSchema,
    body: logInBodySchema,
    answers: { 201: { description: 'An access token.', schema: browserSessionSchema, headers: cookieSchema } },
    problems: ['unauthorized', 'cross-site', 'too-many-requests', 'service-unavailable'],
  },
  refreshBrowserSession: {
    ...common,
    method: 'post',
    path: `${SESSION_COOKIE.path}/refresh`,
    summary: 'A new access token, for a page in a browser',
    description: 'As `POST /sessions/refresh`, with the cookie.',
    access: 'session-cookie',
    headers: fromScriptSchema,
    answers: { 200: { description: 'An access token.', schema: browserSessionSchema, headers: cookieSchema } },
    problems: ['unauthorized', 'cross-site', 'too-many-requests'],
  },
  endBrowserSession: {
    ...common,
    method: 'delete',
    path: SESSION_COOKIE.path,
    summary: 'Log out, for a page in a browser',
    description: 'Of the session that the cookie is of, if there is one.',
    access: 'without-token',
    headers: fromScriptSchema,
    answers: { 204: { description: 'The session has ended, and the cookie is gone.', headers: cookieSchema } },
    problems: ['cross-site', 'too-many-requests'],
  },
  issueToken: {
    ...common,
    method: 'post',
    path: '/oauth/token',
    summary: 'An access token for a service or another system',
    description: 'RFC 6749, section 4.4. Id and secret come by HTTP Basic or in the body.',
    access: 'client',
    body: tokenRequestSchema,
    bodyType: 'application/x-www-form-urlencoded',
    answers: { 200: { description: 'The token.', schema: tokenAnswerSchema, headers: noStoreSchema } },
    problems: ['invalid-request', 'unsupported-grant-type', 'invalid-client', 'too-many-requests'],
  },
  getKeys: {
    ...common,
    method: 'get',
    path: '/.well-known/jwks.json',
    summary: 'The keys that access tokens are checked with',
    access: 'without-token',
    answers: {
      200: {
        description: 'RFC 7517.',
        schema: keySetSchema,
        contentType: 'application/jwk-set+json',
        headers: cachedSchema,
      },
    },
  },
  discover: {
    ...common,
    method: 'get',
    path: '/.well-known/openid-configuration',
    summary: 'Where keys and tokens are',
    access: 'without-token',
    answers: { 200: { description: 'OpenID Connect Discovery 1.0.', schema: discoverySchema, headers: cachedSchema } },
  },
} as const satisfies Operations;

/** On the user service's own port alone: the gateway does not pass it on. */
export const internalOperations = {
  listEndedSessions: {
    ...common,
    method: 'get',
    path: '/ended-sessions',
    summary: 'Sessions that ended while tokens of theirs may still be out',
    access: 'without-token',
    query: z.strictObject({ since: timeSchema.optional().meta({ description: '`at` of the answer before.' }) }),
    answers: { 200: { description: 'Those since then.', schema: endedSessionsSchema, headers: noStoreSchema } },
  },
} as const satisfies Operations;
