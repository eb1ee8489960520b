import { z } from 'zod';

import { timeSchema } from './common.js';
import { emailSchema, userSchema } from './users.js';

export const logInBodySchema = z
  .strictObject({ email: emailSchema, password: z.string().min(1).max(200) })
  .meta({ id: 'LogIn', examples: [{ email: 'alice@example.com', password: 'holdfast-demo' }] });

export const refreshBodySchema = z.strictObject({ refreshToken: z.string().min(1).max(500) }).meta({ id: 'Refresh' });

export const sessionSchema = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    expiresIn: z.int().meta({ description: 'Seconds until the access token ends.' }),
    user: userSchema,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof sessionSchema>;

/** Opaque ids, of which a token names one. */
export const endedSessionsSchema = z
  .object({
    at: timeSchema.meta({ description: 'What to ask from the next time.' }),
    ids: z.array(z.string()),
  })
  .meta({ id: 'EndedSessions' });
export type EndedSessions = z.infer<typeof endedSessionsSchema>;

/** RFC 6749, section 5.1. */
export const tokenAnswerSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
  })
  .meta({ id: 'TokenAnswer' });
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
  .meta({ id: 'TokenRequest' });

/** RFC 7517. */
export const keySetSchema = z
  .object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string() })) })
  .meta({ id: 'KeySet' });

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
  .meta({ id: 'Discovery' });
