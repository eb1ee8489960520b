import { z } from 'zod';
import { authSettings } from '../api/http/auth.js';
import { serviceTokenSettings } from '../clients/service-token.js';
import {
  databaseSettings,
  duration,
  kafkaSettings,
  processSettings,
  pruneSettings,
  topicSettings,
} from '../platform/env.js';

const DAY_MS = 86_400_000;

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...kafkaSettings,
  ...topicSettings,
  ...authSettings,
  ...serviceTokenSettings,
  ...pruneSettings,
  NOTIFICATIONS_KEPT_FOR: duration
    .pipe(z.number().min(DAY_MS, 'must be a day at least'))
    .default(90 * DAY_MS)
    .describe(
      'a duration: how long it is known what was sent; an event that is older is told to nobody, so longer than any may wait in Kafka',
    ),
  SMTP_URL: z.url().describe('where e-mails are handed over'),
  MAIL_FROM: z
    .string()
    .default('Holdfast <orders@holdfast.example>')
    .describe('the sender of e-mails, who reads what is answered'),
});

/** Of dlq.ts, which shows dead letters and sends them again. */
export const dlqSettings = z.object(kafkaSettings);

export type NotificationConfig = z.output<typeof settings>;
