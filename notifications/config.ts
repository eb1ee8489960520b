import { z } from 'zod';
import { authSettings } from '../api/http/auth.js';
import { serviceTokenSettings } from '../clients/service-token.js';
import { databaseSettings, kafkaSettings, processSettings, readEnv, topicSettings } from '../platform/env.js';

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...kafkaSettings,
  ...topicSettings,
  ...authSettings,
  ...serviceTokenSettings,
  SMTP_URL: z.url().describe('where e-mails are handed over'),
  MAIL_FROM: z.string().default('Holdfast <orders@holdfast.example>').describe('the sender of e-mails'),
});

/** Of dlq.ts, which shows dead letters and sends them again. */
export const dlqSettings = z.object(kafkaSettings);

export type NotificationConfig = z.output<typeof settings>;

export const readConfig = (): NotificationConfig => readEnv(settings);
