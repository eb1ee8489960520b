import { pageOf, textIdParamsSchema } from '../common.js';
import { carrierEventBodySchema, deliveriesQuerySchema, deliverySchema } from '../deliveries.js';
import type { Operations } from '../operation.js';

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
} as const satisfies Operations;
