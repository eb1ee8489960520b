import { z } from 'zod';
import { integerIdSchema, pageQuerySchema, textIdSchema, timeSchema, pageOf, textIdParamsSchema } from './common.js';
import type { Operations } from './operation.js';

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
  .meta({
    id: 'Delivery',
    description: 'A parcel of an order, and what its carrier has reported.',
    examples: [
      {
        id: 'dlv_1',
        orderId: 'ord_1',
        userId: 1,
        status: 'IN_TRANSIT',
        carrier: 'simulated',
        trackingNumber: 'SIM-1',
        events: [{ status: 'in_transit', at: '2026-01-31T12:00:00.000Z' }],
        createdAt: '2026-01-31T12:00:00.000Z',
      },
    ],
  });
export type Delivery = z.infer<typeof deliverySchema>;

const deliveriesQuerySchema = pageQuerySchema.extend({ orderId: textIdSchema.optional() });

/** `POST /deliveries/{id}/events`, signed by the carrier. */
const carrierEventBodySchema = z
  .strictObject({
    deliveryId: textIdSchema.meta({ description: "The path's, so that what is signed is about no other delivery." }),
    status: z.enum(CARRIER_EVENTS),
    at: timeSchema,
  })
  .meta({
    id: 'CarrierEvent',
    description: 'What a carrier reports of a parcel; its bytes are signed.',
    examples: [
      { deliveryId: '0b6a2a3c-1f0e-4a41-9d0c-6a4f2f3f5d11', status: 'in_transit', at: '2026-01-31T12:00:00Z' },
    ],
  });

const common = { service: 'delivery-service', tag: 'Deliveries' } as const;

export const deliveryOperations = {
  listDeliveries: {
    ...common,
    method: 'get',
    path: '/deliveries',
    summary: 'Deliveries, newest first',
    description: 'The caller’s own; admins see everybody’s.',
    access: 'owner-or-admin',
    query: deliveriesQuerySchema,
    answers: { 200: { description: 'A page of deliveries.', schema: pageOf(deliverySchema) } },
    problems: ['forbidden'],
  },
  getDelivery: {
    ...common,
    method: 'get',
    path: '/deliveries/{id}',
    summary: 'A delivery',
    access: 'owner-or-admin',
    params: textIdParamsSchema,
    answers: { 200: { description: 'The delivery.', schema: deliverySchema } },
    problems: ['not-found'],
  },
  reportDelivery: {
    ...common,
    method: 'post',
    path: '/deliveries/{id}/events',
    summary: 'What the carrier has to say',
    description: 'A repeat is harmless. What comes after the end of a delivery is written down, and changes nothing.',
    access: 'carrier',
    params: textIdParamsSchema,
    body: carrierEventBodySchema,
    answers: { 202: { description: 'It is written down, and the Saga has it.' } },
    problems: ['unauthorized', 'not-found', 'delivery-not-started', 'saga-unavailable'],
  },
  simulateReport: {
    ...common,
    method: 'post',
    path: '/deliveries/{id}/simulated-events',
    summary: 'Have the simulated carrier say something',
    description: 'Of a parcel of which it says nothing by itself, or not yet. Not in production.',
    access: 'admin',
    params: textIdParamsSchema,
    body: z.strictObject({ status: z.enum(CARRIER_EVENTS) }),
    answers: { 202: { description: 'It is written down, and the Saga has it.' } },
    problems: ['not-found', 'delivery-not-started', 'saga-unavailable'],
  },
} as const satisfies Operations;
