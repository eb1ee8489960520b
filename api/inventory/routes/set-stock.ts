import { ServiceUnavailableError } from '../../../clients/errors.js';
import { inventoryOperations } from '../../../contracts/http/inventory.js';
import { audit } from '../../http/audit.js';
import { expectedOf, versioned, handle } from '../../http/handle.js';
import { noSuchProduct, problemOf, serviceUnavailable } from '../../http/problem.js';
import type { InventoryContext } from '../service.js';

/** Sets what can be ordered. What orders hold stays theirs. */
export const setStock = ({ stock, products }: InventoryContext) =>
  handle(inventoryOperations.setStock, async ({ params: { productId }, body: { quantity }, headers, req }) => {
    // What was stocked before is known without asking.
    if ((await stock.find(productId)) === undefined)
      await requireProduct(products, productId, req.headers.authorization ?? '');
    const level = await stock.setQuantity(productId, quantity, expectedOf(headers));
    if (level === 'stale') throw problemOf('precondition-failed');
    audit(req, 'stock_set', { subject: `product:${String(productId)}`, quantity });
    return versioned(level);
  });

async function requireProduct(
  products: InventoryContext['products'],
  id: number,
  authorization: string,
): Promise<void> {
  const exists = await products.exists(id, authorization).catch((error: unknown) => {
    if (!(error instanceof ServiceUnavailableError)) throw error;
    throw serviceUnavailable(
      'service-unavailable',
      'The product service is not available, so the product can not be checked.',
    );
  });
  if (!exists) throw noSuchProduct(id);
}
