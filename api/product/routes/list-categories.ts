import { productOperations } from '../../../contracts/http/products.js';
import { handle } from '../../http/handle.js';
import type { ProductContext } from '../service.js';

/** Those of active products. */
export const listCategories = ({ products }: ProductContext) =>
  handle(productOperations.listCategories, async () => ({ items: await products.categories() }));
