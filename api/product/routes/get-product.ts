import { Router } from 'express';
import { z } from 'zod';
import { integerIdParamSchema } from '../../../contracts/http/common.js';
import { parseParams } from '../../http/validate.js';
import type { Context } from '../context.js';
import { noSuchProduct } from './no-such-product.js';

const paramsSchema = z.object({ id: integerIdParamSchema });

/** GET /products/{id}, by anyone; one that can't be ordered any more too, as `active: false`. */
export function getProduct({ products }: Pick<Context, 'products'>): Router {
  return Router().get('/products/:id', async (req, res) => {
    const { id } = parseParams(paramsSchema, req);
    const product = await products.find(id);
    if (product === undefined) throw noSuchProduct(id);
    res.json(product);
  });
}
