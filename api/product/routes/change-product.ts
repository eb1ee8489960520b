import { productOperations } from '../../../contracts/http/products.js';
import { audit } from '../../http/audit.js';
import { expectedOf, versioned, handle } from '../../http/handle.js';
import { noSuchProduct, problemOf } from '../../http/problem.js';
import type { ProductContext } from '../service.js';

/** Orders keep the name and price that they were placed with. */
export const changeProduct = ({ products }: ProductContext) =>
  handle(productOperations.changeProduct, async ({ params: { id }, body: patch, headers, req }) => {
    const product = await products.update(id, patch, expectedOf(headers));
    if (product === undefined) throw noSuchProduct(id);
    if (product === 'stale') throw problemOf('precondition-failed');
    const { price, currency } = patch;
    audit(req, 'product_changed', { subject: `product:${String(id)}`, fields: Object.keys(patch), price, currency });
    return versioned(product);
  });
