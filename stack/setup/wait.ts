import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { databaseSettings, processSettings, readEnv, temporalAddressSettings } from '../../platform/env.js';
import { createLogger } from '../../platform/logger.js';
import { providerSettings } from '../../services/payment/payment-provider.js';
import { awaitedBy } from './migrations.js';

/**
 * Ends when the setup of this same build has made what a process needs, whose settings this one is given: its migrations and what
 * Temporal must know. For a new version that is started while its setup still runs. Only with `--temporal` is Temporal asked: others
 * may be told where it is, but are not let through to it.
 */
const { temporal } = parseArgs({ options: { temporal: { type: 'boolean' } } }).values;
const { SERVICE_NAME, LOG_LEVEL } = processSettings;
const config = readEnv(
  z.object({
    SERVICE_NAME,
    LOG_LEVEL,
    ...z.object(databaseSettings).partial().shape,
    PAYMENT_SIMULATOR_DATABASE_URL: providerSettings.PAYMENT_SIMULATOR_DATABASE_URL.optional(),
    TEMPORAL_ADDRESS: temporalAddressSettings.TEMPORAL_ADDRESS.optional(),
    TEMPORAL_NAMESPACE: temporalAddressSettings.TEMPORAL_NAMESPACE,
  }),
);
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

for (let attempt = 0; ; attempt++) {
  const awaited = await awaitedBy(temporal ? config : { ...config, TEMPORAL_ADDRESS: undefined });
  if (awaited.length === 0) break;
  if (attempt % 10 === 0) logger.info({ awaited }, 'waiting for the setup');
  await pause(1_000);
}
logger.info('the setup is done');
