import { migrate } from '../../platform/database/migrate.js';
import type { SetupConfig } from './config.js';

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
