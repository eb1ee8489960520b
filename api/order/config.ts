import { z } from 'zod';
import { PAYMENT_CAPTURES } from '../../contracts/order-saga.js';
import { serviceTokenSettings } from '../../clients/service-token.js';
import { databaseSettings, processSettings, temporalSettings, urlList } from '../../platform/env.js';
import { sagaTimeSettings } from '../../services/order/saga-start.js';
import { authSettings } from '../http/auth.js';
import { orderWaitSettings } from '../http/order-wait.js';

/** A page of another system that an operator's browser opens: `name` in braces stands for what it shows. */
const pageOf = (name: string) =>
  z
    .url({ protocol: /^https?$/ })
    .includes(`{${name}}`)
    .optional();

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...temporalSettings,
  ...authSettings,
  ...sagaTimeSettings,
  ...serviceTokenSettings,
  ...orderWaitSettings,
  PAYMENT_CAPTURE: z
    .enum(PAYMENT_CAPTURES, 'must be at_order or at_hand_over')
    .default('at_order')
    .describe(
      'when the money of an order is taken: `at_order`, at once, or `at_hand_over`: it is held then, and taken when the carrier has the parcel; orders keep what they were placed with',
    ),
  PRODUCT_SERVICE_URL: urlList.describe('where the product service is'),
  INVENTORY_SERVICE_URL: urlList.describe('where the inventory service is'),
  PROMETHEUS_URL: urlList
    .optional()
    .describe(
      "where Prometheus is, for the numbers at the operators' desk; without it the desk says that there are none",
    ),
  WORKFLOW_PAGE: pageOf('workflowId').describe(
    "where a browser finds a workflow in Temporal's Web UI, `{workflowId}` in place of its id; without it, timelines have no link there",
  ),
  EVENTS_PAGE: pageOf('orderId').describe(
    "where a browser finds an order's events in Kafka, `{orderId}` in place of its id; without it, timelines have no link there",
  ),
  TRACE_PAGE: pageOf('traceId').describe(
    'where a browser finds a trace, `{traceId}` in place of its id; without it, timelines have no link there',
  ),
});

export type OrderApiConfig = z.output<typeof settings>;
