import { stockLevelSchema } from '../contracts/http/inventory.js';
import { createServiceClient } from './http-client.js';

export interface StockClient {
  /** How many units of a product can be ordered now. Throws ServiceUnavailableError, and ServiceAnsweredError where it was never stocked. */
  available(productId: number): Promise<number>;
}

export function createStockClient({ urls, timeoutMs = 1000 }: { urls: string[]; timeoutMs?: number }): StockClient {
  const client = createServiceClient({ name: 'inventory-service', urls, timeoutMs });
  return {
    available: async (productId) =>
      (await client.send({ method: 'GET', path: `/inventory/${productId}` }, stockLevelSchema)).quantity,
  };
}
