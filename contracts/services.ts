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

/** One Temporal task queue per service that takes part in the Saga. */
export const TASK_QUEUES = {
  order: 'order',
  inventory: 'inventory',
  payment: 'payment',
  delivery: 'delivery',
} as const;

export type TaskQueue = (typeof TASK_QUEUES)[keyof typeof TASK_QUEUES];

/** What Temporal calls all builds of the order worker together. The other workers run no workflows, and have none. */
export const ORDER_DEPLOYMENT = 'order-worker';
