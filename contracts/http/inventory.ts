import { z } from 'zod';

import { integerIdParamSchema, integerIdSchema } from './common.js';

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

export const setStockBodySchema = z
  .strictObject({ quantity: z.int().min(0).max(1_000_000_000) })
  .meta({ id: 'SetStock', description: 'What can be ordered from now on.', examples: [{ quantity: 100 }] });

export const stockParamsSchema = z.object({ productId: integerIdParamSchema });
