import { z } from 'zod';
import { amountSchema, currencySchema } from '../money.js';
import {
  integerIdSchema,
  lineSchema,
  pageQuerySchema,
  textSchema,
  ifMatchSchema,
  integerIdParamsSchema,
  notModified,
  pageOf,
  versionHeader,
} from './common.js';
import type { Operations } from './operation.js';

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

const productsQuerySchema = pageQuerySchema.extend({
  category: textSchema(100).min(1).optional(),
  q: textSchema(100).min(1).optional().meta({ description: 'Words in the name or the description.' }),
});

const categoriesSchema = z.object({ items: z.array(z.object({ name: z.string(), products: z.int() })) }).meta({
  id: 'Categories',
  description: 'The categories of active products, by name.',
  examples: [{ items: [{ name: 'Laptops', products: 1 }] }],
});
export type Categories = z.infer<typeof categoriesSchema>;

const common = { service: 'product-service', tag: 'Products' } as const;

export const productOperations = {
  listProducts: {
    ...common,
    method: 'get',
    path: '/products',
    summary: 'The catalog, newest first',
    description: 'Products that are not active are shown to admins only.',
    access: 'anyone',
    query: productsQuerySchema,
    answers: { 200: { description: 'A page of products.', schema: pageOf(productSchema) } },
  },
  getProduct: {
    ...common,
    method: 'get',
    path: '/products/{id}',
    summary: 'A product',
    description: 'One that is not active is there for admins only.',
    access: 'anyone',
    params: integerIdParamsSchema,
    answers: { 200: { description: 'The product.', schema: productSchema, headers: versionHeader }, ...notModified },
    problems: ['not-found'],
  },
  listCategories: {
    ...common,
    method: 'get',
    path: '/categories',
    summary: 'The categories of active products',
    access: 'anyone',
    answers: { 200: { description: 'Each with how many products it has.', schema: categoriesSchema } },
  },
  createProduct: {
    ...common,
    method: 'post',
    path: '/products',
    summary: 'Add a product',
    access: 'admin',
    body: newProductBodySchema,
    answers: {
      201: {
        description: 'The new product.',
        schema: productSchema,
        headers: z.object({ Location: z.string().meta({ examples: ['/products/1'] }) }),
      },
    },
  },
  changeProduct: {
    ...common,
    method: 'patch',
    path: '/products/{id}',
    summary: 'Change a product',
    description: 'Orders keep the name and the price that they were placed with.',
    access: 'admin',
    params: integerIdParamsSchema,
    headers: ifMatchSchema,
    body: productPatchBodySchema,
    answers: { 200: { description: 'The product as it is now.', schema: productSchema, headers: versionHeader } },
    problems: ['not-found', 'precondition-failed'],
  },
} as const satisfies Operations;
