import { ifMatchSchema, notModified, versionHeader } from '../common.js';
import { setStockBodySchema, stockLevelSchema, stockParamsSchema } from '../inventory.js';
import type { Operations } from '../operation.js';

const common = { service: 'inventory-service', tag: 'Inventory', path: '/inventory/{productId}' } as const;

export const inventoryOperations = {
  getStock: {
    ...common,
    method: 'get',
    summary: 'How much there is of a product',
    access: 'anyone',
    params: stockParamsSchema,
    answers: { 200: { description: 'Its stock.', schema: stockLevelSchema, headers: versionHeader }, ...notModified },
    problems: ['not-found'],
  },
  setStock: {
    ...common,
    method: 'put',
    summary: 'Set what can be ordered',
    description:
      'What orders hold stays theirs. For the first time of a product, the product service is asked whether there is one.',
    access: 'admin',
    params: stockParamsSchema,
    headers: ifMatchSchema,
    body: setStockBodySchema,
    answers: { 200: { description: 'Its stock as it is now.', schema: stockLevelSchema, headers: versionHeader } },
    problems: ['not-found', 'precondition-failed', 'service-unavailable'],
  },
} as const satisfies Operations;
