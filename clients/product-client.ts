import { productSchema, type Product } from '../contracts/http/products.js';
import { ServiceAnsweredError } from './errors.js';
import { createServiceClient } from './http-client.js';
import { shareInFlight } from './user-client.js';

export interface ProductClient {
  /** Each product as it is now, or 'unknown'. Throws ServiceUnavailableError: there is no price without the product service. */
  quote(productIds: number[]): Promise<Map<number, Product | 'unknown'>>;
  /** By the `Authorization` of a caller, who may see more than others. Throws ServiceUnavailableError. */
  exists(productId: number, authorization: string): Promise<boolean>;
}

export interface ProductClientSettings {
  urls: string[];
  timeoutMs?: number;
}

export function createProductClient({ urls, timeoutMs = 2000 }: ProductClientSettings): ProductClient {
  const client = createServiceClient({ name: 'product-service', urls, timeoutMs });
  const find = async (id: number, headers = {}): Promise<Product | 'unknown'> => {
    try {
      return await client.send({ method: 'GET', path: `/products/${String(id)}`, headers }, productSchema);
    } catch (error) {
      if (error instanceof ServiceAnsweredError && error.status === 404) return 'unknown';
      throw error;
    }
  };
  // A hundred buyers of one product are one question.
  const findForAll = shareInFlight((id: number) => find(id));
  return {
    exists: async (id, authorization) => (await find(id, { authorization })) !== 'unknown',
    quote: async (productIds) =>
      new Map(await Promise.all([...new Set(productIds)].map(async (id) => [id, await findForAll(id)] as const))),
  };
}
