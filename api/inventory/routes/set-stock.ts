import type { Router } from 'express';
import { ServiceUnavailable } from '../../../clients/errors.js';
import type { StockLevel } from '../../../contracts/http/inventory.js';
import { inventoryOperations } from '../../../contracts/http/operations/inventory.js';
import { audit } from '../../http/audit.js';
import { expectedOf, sendVersioned } from '../../http/etag.js';
import { notFound, problemOf, serviceUnavailable } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseBody, parseParams } from '../../http/validate.js';
import type { Context } from '../context.js';

const operation = inventoryOperations.setStock;

/** Sets what can be ordered. What orders hold stays theirs. */
export function setStock(context: Pick<Context, 'stock' | 'products' | 'auth'>): Router {
  const { stock, products, auth } = context;
  return route(operation, { auth }, async (req, res) => {
    const { productId } = parseParams(operation.params, req);
    const { quantity } = parseBody(operation.body, req);
    // What was stocked before is known without asking.
    if ((await stock.find(productId)) === undefined)
      await requireProduct(products, productId, req.headers.authorization ?? '');
    const level = await stock.setQuantity(productId, quantity, expectedOf(req));
    if (level === 'stale') throw problemOf('precondition-failed');
    audit(req, 'stock_set', { subject: `product:${String(productId)}`, quantity });
    sendVersioned<StockLevel>(res, level);
  });
}

async function requireProduct(products: Context['products'], id: number, authorization: string): Promise<void> {
  const exists = await products.exists(id, authorization).catch((error: unknown) => {
    if (!(error instanceof ServiceUnavailable)) throw error;
    throw serviceUnavailable(
      'service-unavailable',
      'The product service is not available, so the product can not be checked.',
    );
  });
  if (!exists) throw notFound(`Product ${String(id)} does not exist.`);
}
