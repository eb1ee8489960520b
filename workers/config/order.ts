import { z } from 'zod';
import { databaseSettings, kafkaSettings, processSettings, temporalSettings } from '../../platform/env.js';
import { sagaTimeSettings } from '../../services/order/saga-times.js';

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...kafkaSettings,
  ...temporalSettings,
  // The sweeper starts what the API could not.
  ...sagaTimeSettings,
});
