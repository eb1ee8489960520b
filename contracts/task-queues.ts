/** One Temporal task queue per service that takes part in the Saga. */
export const TASK_QUEUES = {
  order: 'order',
  inventory: 'inventory',
  payment: 'payment',
  delivery: 'delivery',
} as const;

export type TaskQueue = (typeof TASK_QUEUES)[keyof typeof TASK_QUEUES];
