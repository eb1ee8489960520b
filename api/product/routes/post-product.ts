import type { Router } from 'express';
import { productOperations } from '../../../contracts/http/operations/products.js';
import { route } from '../../http/route.js';
import { parseBody } from '../../http/validate.js';
import type { Context } from '../context.js';

const operation = productOperations.createProduct;

export function postProduct({ products, auth, logger }: Pick<Context, 'products' | 'auth' | 'logger'>): Router {
  return route(operation, { auth }, async (req, res) => {
    const product = await products.create(parseBody(operation.body, req));
    logger.info({ productId: product.id }, 'product created');
    res
      .status(201)
      .location(`/products/${String(product.id)}`)
      .json(product);
  });
}
