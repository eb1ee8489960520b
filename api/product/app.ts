import type { Express } from 'express';
import { productOperations } from '../../contracts/http/operations/products.js';
import { createHttpApp } from '../http/app.js';
import { documentRoute } from '../http/openapi/document-route.js';
import type { Context } from './context.js';
import { getCategories } from './routes/get-categories.js';
import { getProduct } from './routes/get-product.js';
import { listProducts } from './routes/list-products.js';
import { patchProduct } from './routes/patch-product.js';
import { postProduct } from './routes/post-product.js';

export function createProductApp(context: Context): Express {
  const routes = [listProducts, getProduct, getCategories, postProduct, patchProduct];
  const document = documentRoute('product-service', productOperations);
  return createHttpApp({ ...context, routers: [...routes.map((route) => route(context)), document] });
}
