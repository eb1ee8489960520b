import { z } from 'zod';

import { timeSchema } from '../common.js';
import type { Operations } from '../operation.js';
import {
  discoverySchema,
  endedSessionsSchema,
  keySetSchema,
  logInBodySchema,
  refreshBodySchema,
  sessionSchema,
  tokenAnswerSchema,
  tokenRequestSchema,
} from '../sessions.js';

const common = { service: 'user-service', tag: 'Sessions and tokens' } as const;

const noStoreSchema = z.object({ 'Cache-Control': z.literal('no-store') });
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
