import { z } from 'zod';
import { serviceTokenSettings } from '../../clients/service-token.js';
import { databaseSettings, processSettings, temporalSettings, urlList } from '../../platform/env.js';
import { sagaTimeSettings } from '../../services/order/saga-start.js';
import { authSettings } from '../http/auth.js';
import { orderWaitSettings } from '../http/order-wait.js';

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...temporalSettings,
  ...authSettings,
  ...sagaTimeSettings,
  ...serviceTokenSettings,
  ...orderWaitSettings,
  PRODUCT_SERVICE_URL: urlList.describe('where the product service is'),
  INVENTORY_SERVICE_URL: urlList.describe('where the inventory service is'),
  PROMETHEUS_URL: urlList
    .optional()
    .describe(
      "where Prometheus is, for the numbers at the operators' desk; without it the desk says that there are none",
    ),
});

export type OrderApiConfig = z.output<typeof settings>;
