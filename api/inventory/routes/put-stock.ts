import { Router } from 'express';
import { z } from 'zod';
import { integerIdParamSchema } from '../../../contracts/http/common.js';
import { setStockBodySchema } from '../../../contracts/http/inventory.js';
import type { StockLevel } from '../../../contracts/http/inventory.js';
import { requireRole } from '../../http/access.js';
import { parseBody, parseParams } from '../../http/validate.js';
import type { Context } from '../context.js';

const paramsSchema = z.object({ productId: integerIdParamSchema });

/** PUT /inventory/{productId}, by admins: sets what can be ordered. What orders hold stays theirs. */
export function putStock({ stock, auth, logger }: Pick<Context, 'stock' | 'auth' | 'logger'>): Router {
  return Router().put('/inventory/:productId', auth.required, requireRole('admin'), async (req, res) => {
    const { productId } = parseParams(paramsSchema, req);
    const { quantity } = parseBody(setStockBodySchema, req);
    const level = await stock.setQuantity(productId, quantity);
    logger.info({ productId, quantity }, 'stock set');
    res.json(level satisfies StockLevel);
  });
}
