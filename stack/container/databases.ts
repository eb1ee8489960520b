import { readEnv } from '../../platform/env.js';
import { createLogger } from '../../platform/logger.js';
import { createDatabase } from '../app/databases.js';
import { databasesSettings } from '../setup/config.js';

/**
 * Makes each database with the role of its address, which alone may connect to it; harmless to repeat, and changes a
 * role's password to the one that is given. Where somebody else makes the databases, this isn't run.
 */
const { POSTGRES_ADMIN_URL, LOG_LEVEL, ...urls } = readEnv(databasesSettings);
const logger = createLogger({ service: 'databases', level: LOG_LEVEL });
for (const url of Object.values<string | undefined>(urls).filter((given) => given !== undefined))
  await createDatabase({ adminUrl: POSTGRES_ADMIN_URL, url });
logger.info({ databases: Object.keys(urls) }, 'databases are there');
