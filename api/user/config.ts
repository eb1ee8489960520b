import { z } from 'zod';
import { databaseSettings, json, processSettings, readEnv } from '../../platform/env.js';
import { oauthClientSchema } from '../../services/user/oauth-clients.js';
import { readPrivateKeys } from '../../services/user/signing-keys.js';

const privateKeys = z.string().transform((text, context) => {
  try {
    return readPrivateKeys(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'can not be read' });
    return z.NEVER;
  }
});

const schema = z.object({
  ...processSettings,
  ...databaseSettings,
  /** Where everyone finds /.well-known: the gateway's address. */
  JWT_ISSUER: z.url(),
  JWT_AUDIENCE: z.string(),
  /** One PKCS8 PEM, or several one after another: the first signs, all verify. */
  JWT_PRIVATE_KEY: privateKeys,
  OAUTH_CLIENTS: json(z.array(oauthClientSchema)),
});

export type UserConfig = z.infer<typeof schema>;

export const readConfig = (): UserConfig => readEnv(schema);
