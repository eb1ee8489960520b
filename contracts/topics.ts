/** The Kafka topics: each tells of one step of an order, or of money given back by an operator. Kafka only fans out; no step waits for it. */
export const TOPICS = [
  'order-created',
  'inventory-reserved',
  'inventory-failed',
  'payment-completed',
  'payment-failed',
  'payment-refunded',
  'delivery-started',
  'delivery-completed',
  'order-completed',
  'order-cancelled',
] as const;

export type Topic = (typeof TOPICS)[number];

/** What customers are told of; the other topics are not for them. */
export const CUSTOMER_TOPICS = [
  'order-created',
  'payment-completed',
  'payment-refunded',
  'delivery-started',
  'delivery-completed',
  'order-cancelled',
] as const satisfies readonly Topic[];

export type CustomerTopic = (typeof CUSTOMER_TOPICS)[number];

/** What is told of users: each to the user whom it is about. */
export const USER_TOPICS = ['user-password-changed'] as const;

export type UserTopic = (typeof USER_TOPICS)[number];

/** Where a message goes that notifications can't handle, with the error, to be sent again from there. */
export const NOTIFICATIONS_DLQ = 'notifications-dlq';
