import type { Product } from '../../../contracts/http/products.js';
import { startLoad } from '../../support/load.js';
import { placeOrder, type Shop } from '../../support/shop.js';
import { waitFor } from '../../support/wait-for.js';

export interface Orders {
  /** Those that are placed until now. */
  readonly ids: string[];
  /** What else was answered, in words, or why nothing was. */
  readonly refusals: string[];
  /** Places no more; resolves when each that was begun is placed, and rejects when one could not be. */
  stop(): Promise<void>;
}

/** Codes of answers after which a caller may ask again with the same key, as the API's document says. */
const ASK_AGAIN = ['service-unavailable', 'pricing-unavailable', 'saga-unavailable', 'answer-lost'];

/** Places an order 2.5 times a second, each asked for again until there is an answer that decides. */
export function placeOrders(name: string, shop: Shop, product: Product): Orders {
  const ids: string[] = [];
  const refusals: string[] = [];
  const ask = async (number: number): Promise<string | undefined> => {
    try {
      // Each answer is held against the API's document.
      const { status, body } = await placeOrder(shop.alice, product, { key: `${name}-${number}` });
      if (status < 300) return body.id;
      if (status < 500 || !ASK_AGAIN.includes(String(body.code))) refusals.push(`${status} ${body.code ?? ''}`);
    } catch (error) {
      const { message, cause } = error as Error;
      refusals.push(cause instanceof Error ? `${message}: ${cause.message}` : message);
    }
    return undefined;
  };
  const load = startLoad({ everyMs: 400, atMost: 20 }, async (number) => {
    ids.push(await waitFor(`order ${number}`, () => ask(number), { timeoutMs: 120_000, intervalMs: 250 }));
  });
  return {
    ids,
    refusals,
    stop: async () => {
      const failed = (await load.stop()).find(({ error }) => error !== undefined);
      if (failed) throw failed.error;
    },
  };
}
