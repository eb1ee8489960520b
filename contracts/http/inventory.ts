import { z } from 'zod';
import { integerIdParamSchema, integerIdSchema, ifMatchSchema, notModified, versionHeader } from './common.js';
import type { Operations } from './operation.js';

export const stockLevelSchema = z
  .object({
    productId: integerIdSchema,
    quantity: z.int().min(0).meta({ description: 'What can still be ordered.' }),
    reserved: z.int().min(0).meta({ description: 'What orders hold that are not yet delivered.' }),
  })
  .meta({
    id: 'StockLevel',
    description: '`quantity` can still be ordered; `reserved` is held by orders that are not delivered yet.',
    examples: [{ productId: 1, quantity: 99, reserved: 1 }],
  });
export type StockLevel = z.infer<typeof stockLevelSchema>;

const setStockBodySchema = z
  .strictObject({ quantity: z.int().min(0).max(1_000_000_000) })
  .meta({ id: 'SetStock', description: 'What can be ordered from now on.', examples: [{ quantity: 100 }] });

const stockParamsSchema = z.object({ productId: integerIdParamSchema });

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
