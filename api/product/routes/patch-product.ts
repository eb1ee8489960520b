import { Router } from 'express';
import { z } from 'zod';
import { integerIdParamSchema } from '../../../contracts/http/common.js';
import { productPatchBodySchema } from '../../../contracts/http/products.js';
import { requireRole } from '../../http/access.js';
import { parseBody, parseParams } from '../../http/validate.js';
import type { Context } from '../context.js';
import { noSuchProduct } from './no-such-product.js';

const paramsSchema = z.object({ id: integerIdParamSchema });

/** PATCH /products/{id}, by admins. Orders keep the name and price that they were placed with. */
export function patchProduct({ products, auth, logger }: Pick<Context, 'products' | 'auth' | 'logger'>): Router {
  return Router().patch('/products/:id', auth.required, requireRole('admin'), async (req, res) => {
    const { id } = parseParams(paramsSchema, req);
    const patch = parseBody(productPatchBodySchema, req);
    const product = await products.update(id, patch);
    if (product === undefined) throw noSuchProduct(id);
    logger.info({ productId: id, fields: Object.keys(patch) }, 'product changed');
    res.json(product);
  });
}
