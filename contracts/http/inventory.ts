import { z } from 'zod';

import { integerIdSchema } from './common.js';

export const stockLevelSchema = z.object({
  productId: integerIdSchema,
  /** What can still be ordered. */
  quantity: z.int().min(0),
  /** What orders hold that are not yet delivered. */
  reserved: z.int().min(0),
});
export type StockLevel = z.infer<typeof stockLevelSchema>;

export const setStockBodySchema = z.strictObject({ quantity: z.int().min(0).max(1_000_000_000) });
