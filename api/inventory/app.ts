import type { Express } from 'express';
import { createHttpApp } from '../http/app.js';
import type { Context } from './context.js';
import { getStock } from './routes/get-stock.js';
import { putStock } from './routes/put-stock.js';

export function createInventoryApp(context: Context): Express {
  return createHttpApp({ ...context, routers: [getStock(context), putStock(context)] });
}
