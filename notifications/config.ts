import { z } from 'zod';
import { authSettings } from '../api/http/auth.js';
import { databaseSettings, kafkaSettings, processSettings, readEnv } from '../platform/env.js';

const schema = z.object({
  ...processSettings,
  ...databaseSettings,
  ...kafkaSettings,
  ...authSettings,
  OAUTH_CLIENT_ID: z.string(),
  OAUTH_CLIENT_SECRET: z.string(),
  SMTP_URL: z.url(),
  MAIL_FROM: z.string().default('Holdfast <orders@holdfast.example>'),
});

export type NotificationConfig = z.infer<typeof schema>;

export const readConfig = (): NotificationConfig => readEnv(schema);
