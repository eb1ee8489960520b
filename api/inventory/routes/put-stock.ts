import type { Router } from 'express';
import type { StockLevel } from '../../../contracts/http/inventory.js';
import { inventoryOperations } from '../../../contracts/http/operations/inventory.js';
import { route } from '../../http/route.js';
import { parseBody, parseParams } from '../../http/validate.js';
import type { Context } from '../context.js';

const operation = inventoryOperations.setStock;

/** Sets what can be ordered. What orders hold stays theirs. */
export function putStock({ stock, auth, logger }: Pick<Context, 'stock' | 'auth' | 'logger'>): Router {
  return route(operation, { auth }, async (req, res) => {
    const { productId } = parseParams(operation.params, req);
    const { quantity } = parseBody(operation.body, req);
    const level = await stock.setQuantity(productId, quantity);
    logger.info({ productId, quantity }, 'stock set');
    res.json(level satisfies StockLevel);
  });
}
