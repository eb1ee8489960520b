import { migrate, pendingMigrations } from '../../platform/database/migrate.js';
import type { SetupConfig } from './config.js';
import { missingSearchAttributes } from './temporal.js';
import { errorMessage } from '../../platform/error-message.js';

/** Each database and the folder of its migrations, from the root of the checkout. */
export const DATABASES = [
  { setting: 'USER_DATABASE_URL', directory: 'services/user/prisma/migrations' },
  { setting: 'ORDER_DATABASE_URL', directory: 'services/order/prisma/migrations' },
  { setting: 'INVENTORY_DATABASE_URL', directory: 'services/inventory/prisma/migrations' },
  { setting: 'PAYMENT_DATABASE_URL', directory: 'services/payment/prisma/migrations' },
  { setting: 'PAYMENT_SIMULATOR_DATABASE_URL', directory: 'services/payment/simulator/prisma/migrations' },
  { setting: 'DELIVERY_DATABASE_URL', directory: 'services/delivery/prisma/migrations' },
  { setting: 'PRODUCT_DATABASE_URL', directory: 'services/product/prisma/migrations' },
  { setting: 'NOTIFICATION_DATABASE_URL', directory: 'notifications/prisma/migrations' },
] as const satisfies readonly { setting: keyof SetupConfig; directory: string }[];

/** Brings every database up to date. Run from the root of the checkout. Returns the names of what was applied now. */
export async function migrateAll(config: SetupConfig): Promise<string[]> {
  const applied = await Promise.all(
    DATABASES.map(async ({ setting, directory }) => {
      const names = await migrate({ url: config[setting], directory });
      return names.map((name) => `${directory}/${name}`);
    }),
  );
  return applied.flat();
}

interface Awaiting {
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
    return [errorMessage(error)];
  }
}
