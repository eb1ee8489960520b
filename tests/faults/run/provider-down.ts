import { placeOrder, type Shop } from '../../support/shop.js';
import type { Customers } from './customers.js';
import type { World } from './world.js';

export interface ProviderDown {
  /** They wait for the provider, and so for no fault. */
  orderIds: string[];
  /** An operator asks for a retry while it is still down. Rejects where nobody answers. */
  askAgain(): Promise<void>;
  /** Once they ask for an operator: the provider is up again, the operator asks for a retry, and they go on. Within ms. */
  finish(): Promise<{ name: string; finalAfterMs: number }>;
}

const finalWithinMs = 30_000;

/** Three orders whose payment provider is down for as long as they don't ask for an operator. */
export async function keepProviderDown(
  world: World,
  shop: () => Shop,
  { stock }: Customers,
  attentionAfterMs: number,
): Promise<ProviderDown> {
  const [first] = stock;
  if (first === undefined) throw new Error('there is nothing to order');
  const orders = await Promise.all(
    Array.from({ length: 3 }, () =>
      placeOrder(shop().alice, first.product, { paymentMethod: 'card_provider_down', respondAsync: true }),
    ),
  );
  const orderIds = orders.map(({ body }) => body.id);
  const count = async (where: string): Promise<boolean> => {
    const [row] = await world.query<{ count: number }>(
      'ORDER',
      `SELECT count(*)::integer AS count FROM orders WHERE id = ANY ($1) AND ${where}`,
      [orderIds],
    );
    return row?.count === orderIds.length;
  };
  return {
    orderIds,
    askAgain: async () => {
      await shop().admin.post(`/orders/${orderIds[0] ?? ''}/retry`, { note: 'is the provider up again?' });
    },
    finish: async () => {
      await world.until(
        'orders whose provider is down to ask for an operator',
        () => count('needs_attention'),
        attentionAfterMs + 60_000,
      );
      const { admin } = shop();
      const { status } = await admin.post('/payments/simulator', { provider: 'up' });
      if (status !== 200) throw new Error(`the provider is not up: ${status}`);
      const since = Date.now();
      for (const id of orderIds) {
        const answer = await admin.post(`/orders/${id}/retry`, { note: 'the provider is up again' });
        if (answer.status !== 202) throw new Error(`retry of ${id}: ${answer.status}`);
      }
      await world.until('them to complete', () => count(`status = 'COMPLETED' AND NOT needs_attention`), finalWithinMs);
      return {
        name: 'the payment provider is down until its orders ask for an operator, who asks for a retry',
        finalAfterMs: Date.now() - since,
      };
    },
  };
}
