import { productOperations } from '../../../contracts/http/products.js';
import { isAdmin } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { readIntegerCursor, toPage } from '../../http/pagination.js';
import type { ProductContext } from '../service.js';

/** The active ones, newest first. Admins see the others too. */
export const listProducts = ({ products }: ProductContext) =>
  handle(productOperations.listProducts, async ({ query: { category, q, limit, cursor }, caller }) => {
    const after = readIntegerCursor(cursor);
    const rows = await products.list({ category, text: q, withInactive: isAdmin(caller) }, { limit: limit + 1, after });
    return toPage(
      rows,
      limit,
      ({ createdAt, product }) => ({ createdAt, id: String(product.id) }),
      ({ product }) => product,
    );
  });
