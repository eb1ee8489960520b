import { z } from 'zod';
import { databaseSettings, kafkaSettings, processSettings, temporalSettings } from '../../platform/env.js';
import { attentionSettings } from '../../services/order/attention-settings.js';

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...kafkaSettings,
  ...temporalSettings,
  // The sweeper starts what the API could not.
  ...attentionSettings,
});
