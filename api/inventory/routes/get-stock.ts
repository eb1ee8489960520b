import { inventoryOperations } from '../../../contracts/http/inventory.js';
import { versioned, handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import type { InventoryContext } from '../service.js';

export const getStock = ({ stock }: InventoryContext) =>
  handle(inventoryOperations.getStock, async ({ params: { productId } }) => {
    const level = await stock.find(productId);
    if (level === undefined) throw notFound(`Product ${String(productId)} was never stocked.`);
    return versioned(level);
  });
