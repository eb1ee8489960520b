import { stockLevelSchema } from '../contracts/http/inventory.js';
import { ServiceAnsweredError } from './errors.js';
import { createServiceClient } from './http-client.js';

export interface StockClient {
  /** How many units of a product can be ordered now. Throws ServiceAnsweredError and ServiceUnavailableError. */
  available(productId: number): Promise<number>;
}

export function createStockClient({ urls, timeoutMs = 1000 }: { urls: string[]; timeoutMs?: number }): StockClient {
  const client = createServiceClient({ name: 'inventory-service', urls, timeoutMs });
  return {
    available: async (productId) => {
      try {
        return (await client.send({ method: 'GET', path: `/inventory/${productId}` }, stockLevelSchema)).quantity;
      } catch (error) {
        if (error instanceof ServiceAnsweredError && error.status === 404) return 0;
        throw error;
      }
    },
  };
}
