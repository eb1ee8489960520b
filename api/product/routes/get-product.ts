import type { Router } from 'express';
import { productOperations } from '../../../contracts/http/operations/products.js';
import { isAdmin } from '../../http/access.js';
import { sendVersioned } from '../../http/etag.js';
import { route } from '../../http/route.js';
import { parseParams } from '../../http/validate.js';
import type { Context } from '../context.js';
import { noSuchProduct } from './no-such-product.js';

const operation = productOperations.getProduct;

/** One that can't be ordered any more is there for admins alone, as in the list. */
export function getProduct({ products, auth }: Pick<Context, 'products' | 'auth'>): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    const product = await products.find(id);
    const isShown = product?.active === true || (req.principal !== undefined && isAdmin(req.principal));
    if (product === undefined || !isShown) throw noSuchProduct(id);
    sendVersioned(res, product);
  });
}
