import type { Router } from 'express';
import type { DeliveryContext } from '../context.js';
import { getDelivery } from './get-delivery.js';
import { listDeliveries } from './list-deliveries.js';
import { reportDelivery } from './report-delivery.js';

export function deliveryRoutes(context: DeliveryContext): Router[] {
  return [listDeliveries(context), getDelivery(context), reportDelivery(context)];
}
