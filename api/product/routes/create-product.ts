import type { Router } from 'express';
import { productOperations } from '../../../contracts/http/operations/products.js';
import { audit } from '../../http/audit.js';
import { route } from '../../http/route.js';
import { parseBody } from '../../http/validate.js';
import type { Context } from '../context.js';

const operation = productOperations.createProduct;

export function createProduct({ products, auth }: Pick<Context, 'products' | 'auth'>): Router {
  return route(operation, { auth }, async (req, res) => {
    const product = await products.create(parseBody(operation.body, req));
    const { id, price, currency } = product;
    audit(req, 'product_created', { subject: `product:${String(id)}`, price, currency });
    res
      .status(201)
      .location(`/products/${String(id)}`)
      .json(product);
  });
}
