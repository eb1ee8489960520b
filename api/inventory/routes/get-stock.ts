import type { Router } from 'express';
import type { StockLevel } from '../../../contracts/http/inventory.js';
import { inventoryOperations } from '../../../contracts/http/operations/inventory.js';
import { sendVersioned } from '../../http/etag.js';
import { notFound } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseParams } from '../../http/validate.js';
import type { Context } from '../context.js';

const operation = inventoryOperations.getStock;

export function getStock({ stock, auth }: Pick<Context, 'stock' | 'auth'>): Router {
  return route(operation, { auth }, async (req, res) => {
    const { productId } = parseParams(operation.params, req);
    const level = await stock.find(productId);
    if (level === undefined) throw notFound(`Product ${String(productId)} was never stocked.`);
    sendVersioned<StockLevel>(res, level);
  });
}
