/** The eight services. The same names stand in traces, logs and metrics. */
export const SERVICES = [
  'gateway',
  'user-service',
  'order-service',
  'inventory-service',
  'payment-service',
  'delivery-service',
  'product-service',
  'notification-service',
] as const;

export type ServiceName = (typeof SERVICES)[number];
