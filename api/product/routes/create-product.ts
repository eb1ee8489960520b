import { productOperations } from '../../../contracts/http/products.js';
import { audit } from '../../http/audit.js';
import { handle, reply } from '../../http/handle.js';
import type { ProductContext } from '../service.js';

export const createProduct = ({ products }: ProductContext) =>
  handle(productOperations.createProduct, async ({ body, req }) => {
    const product = await products.create(body);
    const { id, price, currency } = product;
    audit(req, 'product_created', { subject: `product:${String(id)}`, price, currency });
    return reply(201, product, { Location: `/products/${String(id)}` });
  });
