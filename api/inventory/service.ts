import type { Express } from 'express';
import { createProductClient, type ProductClient } from '../../clients/product-client.js';
import { inventoryOperations } from '../../contracts/http/inventory.js';
import { PrismaClient } from '../../services/inventory/prisma/generated/client.js';
import { createStockStore, type StockStore } from '../../services/inventory/stock-store.js';
import { createServiceApp, type ServiceContext, openService } from '../http/app.js';
import type { Base } from '../http/serve.js';
import type { InventoryApiConfig } from './config.js';
import { getStock } from './routes/get-stock.js';
import { setStock } from './routes/set-stock.js';

/** What the handlers work with. */
export interface InventoryContext extends ServiceContext {
  stock: StockStore;
  products: Pick<ProductClient, 'exists'>;
}

export function createContext(base: Base<InventoryApiConfig>): InventoryContext {
  const { prisma, common } = openService(base, PrismaClient);
  return {
    ...common,
    stock: createStockStore(prisma),
    products: createProductClient({ urls: base.config.PRODUCT_SERVICE_URL }),
  };
}

export function createInventoryApp(context: InventoryContext): Express {
  const handlers = { getStock: getStock(context), setStock: setStock(context) };
  return createServiceApp('inventory-service', inventoryOperations, handlers, context);
}
