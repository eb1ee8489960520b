import { z } from 'zod';

import { ifMatchSchema, integerIdParamsSchema, notModified, pageOf, versionHeader } from '../common.js';
import type { Operations } from '../operation.js';
import {
  categoriesSchema,
  newProductBodySchema,
  productPatchBodySchema,
  productSchema,
  productsQuerySchema,
} from '../products.js';

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
