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
    answers: { 200: { description: 'Its stock.', schema: stockLevelSchema } },
    problems: ['not-found'],
  },
  setStock: {
    ...common,
    method: 'put',
    summary: 'Set what can be ordered',
    description: 'What orders hold stays theirs.',
    access: 'admin',
    params: stockParamsSchema,
    body: setStockBodySchema,
    answers: { 200: { description: 'Its stock as it is now.', schema: stockLevelSchema } },
  },
} as const satisfies Operations;
