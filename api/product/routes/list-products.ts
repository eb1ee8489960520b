import type { Router } from 'express';
import { integerIdParamSchema } from '../../../contracts/http/common.js';
import type { Page } from '../../../contracts/http/common.js';
import { productOperations } from '../../../contracts/http/operations/products.js';
import type { Product } from '../../../contracts/http/products.js';
import type { ProductPosition } from '../../../services/product/product-store.js';
import { isAdmin } from '../../http/access.js';
import { readCursor, strangeCursor, toPage } from '../../http/pagination.js';
import { route } from '../../http/route.js';
import { parseQuery } from '../../http/validate.js';
import type { Context } from '../context.js';

const operation = productOperations.listProducts;

/** The active ones, newest first. Admins see the others too. */
export function listProducts({ products, auth }: Pick<Context, 'products' | 'auth'>): Router {
  return route(operation, { auth }, async (req, res) => {
    const { category, q, limit, cursor } = parseQuery(operation.query, req);
    const withInactive = req.principal !== undefined && isAdmin(req.principal);
    const after = readPosition(cursor);
    const rows = await products.list({ category, text: q, withInactive }, { limit: limit + 1, after });
    const page: Page<Product> = toPage(
      rows,
      limit,
      ({ createdAt, product }) => ({ createdAt, id: String(product.id) }),
      ({ product }) => product,
    );
    res.json(page);
  });
}

function readPosition(cursor: string | undefined): ProductPosition | undefined {
  const position = readCursor(cursor);
  if (position === undefined) return undefined;
  const id = integerIdParamSchema.safeParse(position.id);
  if (!id.success) throw strangeCursor();
  return { createdAt: position.createdAt, id: id.data };
}
