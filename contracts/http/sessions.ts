import { z } from 'zod';

import { emailSchema, userSchema } from './users.js';

export const logInBodySchema = z.strictObject({ email: emailSchema, password: z.string().min(1).max(200) });
export const refreshBodySchema = z.strictObject({ refreshToken: z.string().min(1).max(500) });

export const sessionSchema = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Seconds until the access token ends. */
  expiresIn: z.int(),
  user: userSchema,
});
export type Session = z.infer<typeof sessionSchema>;

/** RFC 6749, section 5.1. */
export const tokenAnswerSchema = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
});
export type TokenAnswer = z.infer<typeof tokenAnswerSchema>;
