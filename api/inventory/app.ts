import type { Express } from 'express';
import { inventoryOperations } from '../../contracts/http/operations/inventory.js';
import { createHttpApp } from '../http/app.js';
import { documentRoute } from '../http/openapi/document-route.js';
import type { Context } from './context.js';
import { getStock } from './routes/get-stock.js';
import { setStock } from './routes/set-stock.js';

export function createInventoryApp(context: Context): Express {
  const document = documentRoute('inventory-service', inventoryOperations);
  return createHttpApp({ ...context, routers: [getStock(context), setStock(context), document] });
}
