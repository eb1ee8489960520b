import { Router } from 'express';
import { z } from 'zod';
import { integerIdParamSchema } from '../../../contracts/http/common.js';
import type { StockLevel } from '../../../contracts/http/inventory.js';
import { notFound } from '../../http/problem.js';
import { parseParams } from '../../http/validate.js';
import type { Context } from '../context.js';

const paramsSchema = z.object({ productId: integerIdParamSchema });

/** GET /inventory/{productId}, by anyone. */
export function getStock({ stock }: Pick<Context, 'stock'>): Router {
  return Router().get('/inventory/:productId', async (req, res) => {
    const { productId } = parseParams(paramsSchema, req);
    const level = await stock.find(productId);
    if (level === undefined) throw notFound(`Product ${String(productId)} was never stocked.`);
    res.json(level satisfies StockLevel);
  });
}
