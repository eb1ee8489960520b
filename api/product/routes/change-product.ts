import type { Router } from 'express';
import { productOperations } from '../../../contracts/http/operations/products.js';
import { audit } from '../../http/audit.js';
import { expectedOf, sendVersioned } from '../../http/etag.js';
import { problemOf } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseBody, parseParams } from '../../http/validate.js';
import type { Context } from '../context.js';
import { noSuchProduct } from './no-such-product.js';

const operation = productOperations.changeProduct;

/** Orders keep the name and price that they were placed with. */
export function changeProduct({ products, auth }: Pick<Context, 'products' | 'auth'>): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    const patch = parseBody(operation.body, req);
    const product = await products.update(id, patch, expectedOf(req));
    if (product === undefined) throw noSuchProduct(id);
    if (product === 'stale') throw problemOf('precondition-failed');
    const { price, currency } = patch;
    audit(req, 'product_changed', { subject: `product:${String(id)}`, fields: Object.keys(patch), price, currency });
    sendVersioned(res, product);
  });
}
