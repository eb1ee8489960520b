import { productOperations } from '../../../contracts/http/products.js';
import { isAdmin } from '../../http/access.js';
import { versioned, handle } from '../../http/handle.js';
import { noSuchProduct } from '../../http/problem.js';
import type { ProductContext } from '../service.js';

/** One that can't be ordered any more is there for admins alone, as in the list. */
export const getProduct = ({ products }: ProductContext) =>
  handle(productOperations.getProduct, async ({ params: { id }, caller }) => {
    const product = await products.find(id);
    if (product === undefined || !(product.active || isAdmin(caller))) throw noSuchProduct(id);
    return versioned(product);
  });
