import { integerIdParamSchema } from '../../../contracts/http/common.js';
import { productOperations } from '../../../contracts/http/products.js';
import type { ProductPosition } from '../../../services/product/product-store.js';
import { isAdmin } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { readCursor, strangeCursor, toPage } from '../../http/pagination.js';
import type { ProductContext } from '../service.js';

/** The active ones, newest first. Admins see the others too. */
export const listProducts = ({ products }: ProductContext) =>
  handle(productOperations.listProducts, async ({ query: { category, q, limit, cursor }, caller }) => {
    const after = readPosition(cursor);
    const rows = await products.list({ category, text: q, withInactive: isAdmin(caller) }, { limit: limit + 1, after });
    return toPage(
      rows,
      limit,
      ({ createdAt, product }) => ({ createdAt, id: String(product.id) }),
      ({ product }) => product,
    );
  });

function readPosition(cursor: string | undefined): ProductPosition | undefined {
  const position = readCursor(cursor);
  if (position === undefined) return undefined;
  const id = integerIdParamSchema.safeParse(position.id);
  if (!id.success) throw strangeCursor();
  return { createdAt: position.createdAt, id: id.data };
}
