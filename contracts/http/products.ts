import { z } from 'zod';

import { amountSchema, currencySchema } from '../money.js';
import { integerIdSchema, pageQuerySchema } from './common.js';

const nameSchema = z.string().trim().min(1).max(200);
const categorySchema = z.string().trim().min(1).max(100);

export const productSchema = z.object({
  id: integerIdSchema,
  name: nameSchema,
  description: z.string(),
  category: categorySchema,
  /** Minor unit. */
  price: amountSchema,
  currency: currencySchema,
  active: z.boolean(),
});
export type Product = z.infer<typeof productSchema>;

export const newProductBodySchema = z.strictObject({
  name: nameSchema,
  description: z.string().max(5_000).default(''),
  category: categorySchema,
  price: amountSchema,
  currency: currencySchema,
  active: z.boolean().default(true),
});

export const productPatchBodySchema = z.strictObject({
  name: nameSchema.optional(),
  description: z.string().max(5_000).optional(),
  category: categorySchema.optional(),
  price: amountSchema.optional(),
  currency: currencySchema.optional(),
  active: z.boolean().optional(),
});

export const productsQuerySchema = pageQuerySchema.extend({
  category: z.string().min(1).max(100).optional(),
  /** Words in the name or the description. */
  q: z.string().min(1).max(100).optional(),
});

export const categoriesSchema = z.object({ items: z.array(z.object({ name: z.string(), products: z.int() })) });
export type Categories = z.infer<typeof categoriesSchema>;
