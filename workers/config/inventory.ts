import { z } from 'zod';
import { databaseSettings, processSettings, redisSettings, temporalSettings } from '../../platform/env.js';

export const settings = z.object({ ...processSettings, ...databaseSettings, ...redisSettings, ...temporalSettings });
