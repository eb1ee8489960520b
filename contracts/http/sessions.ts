import { z } from 'zod';

import { textSchema, timeSchema } from './common.js';
import { emailSchema, EXAMPLE_USER, userSchema } from './users.js';

export const logInBodySchema = z.strictObject({ email: emailSchema, password: textSchema(200).min(1) }).meta({
  id: 'LogIn',
  description: 'Who logs in.',
  examples: [{ email: 'alice@example.com', password: 'holdfast-demo' }],
});

export const refreshBodySchema = z.strictObject({ refreshToken: textSchema(500).min(1) }).meta({
  id: 'Refresh',
  description: 'A refresh token, which is good for once.',
  examples: [{ refreshToken: 'b3BhcXVl' }],
});

export const sessionSchema = z
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

/** Opaque ids, of which a token names one. */
export const endedSessionsSchema = z
  .object({
    at: timeSchema.meta({ description: 'What to ask from the next time.' }),
    ids: z.array(z.string()),
  })
  .meta({ id: 'EndedSessions', description: 'Ids of sessions whose tokens are no longer good.' });
export type EndedSessions = z.infer<typeof endedSessionsSchema>;

/** RFC 6749, section 5.1. */
export const tokenAnswerSchema = z
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
export type TokenAnswer = z.infer<typeof tokenAnswerSchema>;

/** RFC 6749, section 3.2: parameters that are not known are ignored, and none may come twice. */
export const tokenRequestSchema = z
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
export const keySetSchema = z
  .object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string() })) })
  .meta({ id: 'KeySet', description: 'RFC 7517.' });

/** OpenID Connect Discovery 1.0, section 3. */
export const discoverySchema = z
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
