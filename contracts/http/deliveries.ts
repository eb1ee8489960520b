import { z } from 'zod';

import { integerIdSchema, pageQuerySchema, textIdSchema, timeSchema } from './common.js';

export const DELIVERY_STATUSES = ['STARTED', 'IN_TRANSIT', 'DELIVERED', 'RETURNED', 'CANCELLED'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export const CARRIER_EVENTS = ['in_transit', 'delivered', 'returned'] as const;
export type CarrierEvent = (typeof CARRIER_EVENTS)[number];

export const deliverySchema = z
  .object({
    id: textIdSchema,
    orderId: textIdSchema,
    userId: integerIdSchema,
    status: z.enum(DELIVERY_STATUSES),
    carrier: z.string(),
    trackingNumber: z.string(),
    events: z.array(z.object({ status: z.enum(CARRIER_EVENTS), at: timeSchema })),
    createdAt: timeSchema,
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof deliverySchema>;

export const deliveriesQuerySchema = pageQuerySchema.extend({ orderId: textIdSchema.optional() });

/** `POST /deliveries/{id}/events`, signed by the carrier. */
export const carrierEventBodySchema = z
  .strictObject({ status: z.enum(CARRIER_EVENTS), at: timeSchema })
  .meta({ id: 'CarrierEvent', examples: [{ status: 'in_transit', at: '2026-01-31T12:00:00Z' }] });
