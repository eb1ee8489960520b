import { z } from 'zod';
import { processSettings } from '../../platform/env.js';
import { databaseUrlSettings } from '../setup/config.js';

const temporal = (what: string) =>
  z.url().optional().describe(`a database for ${what}, where Temporal's server is brought up beside us`);

export const settings = z.object({
  LOG_LEVEL: processSettings.LOG_LEVEL,
  POSTGRES_ADMIN_URL: z.url().describe('PostgreSQL as one who may make databases and roles'),
  ...databaseUrlSettings,
  TEMPORAL_DATABASE_URL: temporal("Temporal's histories"),
  TEMPORAL_VISIBILITY_DATABASE_URL: temporal("Temporal's lists of workflows"),
});
