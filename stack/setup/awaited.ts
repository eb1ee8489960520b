import { pendingMigrations } from '../../platform/database/migrate.js';
import { DATABASES } from './migrations.js';
import { missingSearchAttributes } from './search-attributes.js';

export interface Awaiting {
  /** Of the service whose database DATABASE_URL is. */
  SERVICE_NAME: string;
  DATABASE_URL?: string | undefined;
  PAYMENT_SIMULATOR_DATABASE_URL?: string | undefined;
  TEMPORAL_ADDRESS?: string | undefined;
  TEMPORAL_NAMESPACE: string;
}

/** What a process would miss now of what the setup of this same build makes; why it can't be said, where it can't. */
export async function awaitedBy(process: Awaiting): Promise<string[]> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = process;
  const awaited = await Promise.all([
    ...DATABASES.flatMap(({ setting, directory }) => {
      const url = urlOf(setting, process);
      return url === undefined ? [] : [orWhy(pendingMigrations({ url, directory }))];
    }),
    ...(address === undefined ? [] : [orWhy(missingSearchAttributes({ address, namespace }))]),
  ]);
  return awaited.flat();
}

/** A process knows its own database as DATABASE_URL; the setup knows it by its service. */
function urlOf(setting: string, { SERVICE_NAME, DATABASE_URL, PAYMENT_SIMULATOR_DATABASE_URL }: Awaiting) {
  if (setting === 'PAYMENT_SIMULATOR_DATABASE_URL') return PAYMENT_SIMULATOR_DATABASE_URL;
  return setting === `${SERVICE_NAME.replace('-service', '').toUpperCase()}_DATABASE_URL` ? DATABASE_URL : undefined;
}

async function orWhy(missing: Promise<string[]>): Promise<string[]> {
  try {
    return await missing;
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
