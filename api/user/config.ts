import { z } from 'zod';
import {
  databaseSettings,
  duration,
  json,
  kafkaSettings,
  processSettings,
  pruneSettings,
  redisSettings,
  topicSettings,
} from '../../platform/env.js';
import { oauthClientSchema } from '../../services/user/oauth-clients.js';
import { readPrivateKeys } from '../../services/user/signing-keys.js';
import { authSettings, outsideSettings } from '../http/auth.js';
import { perMinute } from '../http/rate-limits.js';

const privateKeys = z.string().transform((text, context) => {
  try {
    return readPrivateKeys(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'can not be read' });
    return z.NEVER;
  }
});

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...redisSettings,
  ...kafkaSettings,
  ...topicSettings,
  ...pruneSettings,
  SESSION_ENDS_AFTER: duration
    .default(90 * 86_400_000)
    .describe('a duration: so long after its log-in a session ends, however often it was refreshed'),
  JWT_ISSUER: authSettings.JWT_ISSUER,
  JWT_AUDIENCE: authSettings.JWT_AUDIENCE,
  ...outsideSettings,
  JWT_PRIVATE_KEY: privateKeys.describe('one PKCS8 PEM, or several one after another: the first signs, all verify'),
  OAUTH_CLIENTS: json(z.array(oauthClientSchema)).describe(
    'JSON, a list of `{clientId, secretHash, roles}`: who may get tokens of their own; the hash is SHA-256 in hex',
  ),
  RATE_LIMIT_LOGINS_PER_MINUTE: perMinute
    .default(10)
    .describe('passwords tried, per account and address together; ten times that per account, and per address'),
  RATE_LIMIT_SIGN_UPS_PER_MINUTE: perMinute.default(10).describe('per address'),
  RATE_LIMIT_TOKENS_PER_MINUTE: perMinute
    .default(300)
    .describe('per address: sessions refreshed or ended, and tokens for services'),
});

export type UserConfig = z.output<typeof settings>;
