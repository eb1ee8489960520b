import { z } from 'zod';
import { databaseSettings, processSettings, urlList } from '../../platform/env.js';
import { authSettings } from '../http/auth.js';

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...authSettings,
  PRODUCT_SERVICE_URL: urlList.describe('where the product service is'),
});

export type InventoryApiConfig = z.output<typeof settings>;
