import type { Express } from 'express';
import { productOperations } from '../../contracts/http/operations/products.js';
import { createHttpApp } from '../http/app.js';
import { documentRoute } from '../http/openapi/document-route.js';
import type { Context } from './context.js';
import { listCategories } from './routes/list-categories.js';
import { getProduct } from './routes/get-product.js';
import { listProducts } from './routes/list-products.js';
import { changeProduct } from './routes/change-product.js';
import { createProduct } from './routes/create-product.js';

export function createProductApp(context: Context): Express {
  const routes = [listProducts, getProduct, listCategories, createProduct, changeProduct];
  const document = documentRoute('product-service', productOperations);
  return createHttpApp({ ...context, routers: [...routes.map((route) => route(context)), document] });
}
