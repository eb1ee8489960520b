import { Router } from 'express';
import { newProductBodySchema } from '../../../contracts/http/products.js';
import { requireRole } from '../../http/access.js';
import { parseBody } from '../../http/validate.js';
import type { Context } from '../context.js';

/** POST /products, by admins. */
export function postProduct({ products, auth, logger }: Pick<Context, 'products' | 'auth' | 'logger'>): Router {
  return Router().post('/products', auth.required, requireRole('admin'), async (req, res) => {
    const product = await products.create(parseBody(newProductBodySchema, req));
    logger.info({ productId: product.id }, 'product created');
    res
      .status(201)
      .location(`/products/${String(product.id)}`)
      .json(product);
  });
}
