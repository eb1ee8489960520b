import type { Express } from 'express';
import { productOperations } from '../../contracts/http/products.js';
import { PrismaClient } from '../../services/product/prisma/generated/client.js';
import { createProductStore, type ProductStore } from '../../services/product/product-store.js';
import { createServiceApp, type ServiceContext, openService } from '../http/app.js';
import type { Base } from '../http/serve.js';
import type { ProductApiConfig } from './config.js';
import { changeProduct } from './routes/change-product.js';
import { createProduct } from './routes/create-product.js';
import { getProduct } from './routes/get-product.js';
import { listCategories } from './routes/list-categories.js';
import { listProducts } from './routes/list-products.js';

/** What the handlers work with. */
export interface ProductContext extends ServiceContext {
  products: ProductStore;
}

export function createContext(base: Base<ProductApiConfig>): ProductContext {
  const { prisma, common } = openService(base, PrismaClient);
  return { ...common, products: createProductStore(prisma) };
}

export function createProductApp(context: ProductContext): Express {
  const handlers = {
    listProducts: listProducts(context),
    getProduct: getProduct(context),
    listCategories: listCategories(context),
    createProduct: createProduct(context),
    changeProduct: changeProduct(context),
  };
  return createServiceApp('product-service', productOperations, handlers, context);
}
