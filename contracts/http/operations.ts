import { z } from 'zod';
import type { Operations } from './operation.js';
import { problemTypeSchema } from './problem.js';
import { deliveryOperations } from './deliveries.js';
import { inventoryOperations } from './inventory.js';
import { notificationOperations } from './notifications.js';
import { orderOperations } from './order-operations.js';
import { paymentOperations } from './payments.js';
import { productOperations } from './products.js';
import { sessionOperations } from './sessions.js';
import { userOperations } from './users.js';

/** What the gateway passes on: all that the services do. */
export const forwardedOperations = {
  ...orderOperations,
  ...productOperations,
  ...inventoryOperations,
  ...paymentOperations,
  ...deliveryOperations,
  ...notificationOperations,
  ...userOperations,
  ...sessionOperations,
} as const satisfies Operations;

/** The gateway's own. */
export const gatewayOperations = {
  readReference: {
    service: 'gateway',
    tag: 'The process itself',
    method: 'get',
    path: '/docs/',
    summary: 'The API reference, as a page',
    description: '`/docs` leads here.',
    access: 'without-token',
    answers: {
      200: { description: 'A page that needs nothing from elsewhere.', schema: z.string(), contentType: 'text/html' },
    },
  },
  readProblemType: {
    service: 'gateway',
    tag: 'The process itself',
    method: 'get',
    path: '/problems/{code}',
    summary: 'What a problem means, and what to do',
    description: 'The `type` of each problem leads here.',
    access: 'without-token',
    params: z.object({ code: z.string().meta({ examples: ['not-cancellable'] }) }),
    answers: { 200: { description: 'The problem.', schema: problemTypeSchema } },
    problems: ['not-found'],
  },
} as const satisfies Operations;
