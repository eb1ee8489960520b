import { z } from 'zod';

import { amountSchema, currencySchema } from '../money.js';
import { integerIdSchema, lineSchema, pageQuerySchema, textSchema } from './common.js';

const nameSchema = lineSchema(200);
const categorySchema = lineSchema(100);

const macBook = {
  name: 'MacBook Pro 16',
  description: 'A laptop with a 16 inch screen.',
  category: 'Laptops',
  price: 3_500_000,
  currency: 'KRW',
  active: true,
};

export const productSchema = z
  .object({
    id: integerIdSchema,
    name: nameSchema,
    description: z.string(),
    category: categorySchema,
    price: amountSchema,
    currency: currencySchema,
    active: z.boolean().meta({ description: 'false: it can not be ordered any more.' }),
  })
  .meta({ id: 'Product', description: 'What is sold.', examples: [{ id: 1, ...macBook }] });
export type Product = z.infer<typeof productSchema>;

export const newProductBodySchema = z
  .strictObject({
    name: nameSchema,
    description: textSchema(5_000).default(''),
    category: categorySchema,
    price: amountSchema,
    currency: currencySchema,
    active: z.boolean().default(true),
  })
  .meta({ id: 'NewProduct', description: 'A product to sell.', examples: [macBook] });

export const productPatchBodySchema = z
  .strictObject({
    name: nameSchema.optional(),
    description: textSchema(5_000).optional(),
    category: categorySchema.optional(),
    price: amountSchema.optional(),
    currency: currencySchema.optional(),
    active: z.boolean().optional(),
  })
  .meta({ id: 'ProductPatch', description: 'What is to change; the rest stays.', examples: [{ price: 3_300_000 }] });

export const productsQuerySchema = pageQuerySchema.extend({
  category: textSchema(100).min(1).optional(),
  q: textSchema(100).min(1).optional().meta({ description: 'Words in the name or the description.' }),
});

export const categoriesSchema = z.object({ items: z.array(z.object({ name: z.string(), products: z.int() })) }).meta({
  id: 'Categories',
  description: 'The categories of active products, by name.',
  examples: [{ items: [{ name: 'Laptops', products: 1 }] }],
});
export type Categories = z.infer<typeof categoriesSchema>;
