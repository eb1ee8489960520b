import type { ServiceName } from '../../contracts/services.js';

export type Upstream = Exclude<ServiceName, 'gateway'>;

/** Which service answers what lies under each path. */
export const ROUTE_TABLE: Record<string, Upstream> = {
  '/users': 'user-service',
  '/sessions': 'user-service',
  '/oauth': 'user-service',
  '/.well-known': 'user-service',
  '/products': 'product-service',
  '/categories': 'product-service',
  '/inventory': 'inventory-service',
  '/orders': 'order-service',
  '/payments': 'payment-service',
  '/deliveries': 'delivery-service',
  '/notifications': 'notification-service',
};
