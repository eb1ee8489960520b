import type { Router } from 'express';
import { productOperations } from '../../../contracts/http/operations/products.js';
import type { Categories } from '../../../contracts/http/products.js';
import { route } from '../../http/route.js';
import type { Context } from '../context.js';

/** Those of active products. */
export function listCategories({ products, auth }: Pick<Context, 'products' | 'auth'>): Router {
  return route(productOperations.listCategories, { auth }, async (_req, res) => {
    const categories: Categories = { items: await products.categories() };
    res.json(categories);
  });
}
