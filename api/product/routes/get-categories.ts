import { Router } from 'express';
import type { Categories } from '../../../contracts/http/products.js';
import type { Context } from '../context.js';

/** GET /categories, by anyone: those of active products. */
export function getCategories({ products }: Pick<Context, 'products'>): Router {
  return Router().get('/categories', async (_req, res) => {
    const categories: Categories = { items: await products.categories() };
    res.json(categories);
  });
}
