import { workflowIdOf } from '../../../contracts/order-saga.js';
import { placeOrder, type Shop } from '../../support/shop.js';
import { resetWorkflowOf } from '../../support/temporal.js';
import type { Customers } from './customers.js';
import type { World } from './world.js';

export interface ProviderDown {
  /** They wait for the provider, and so for no fault. */
  orderIds: string[];
  /**
   * Once they ask for an operator: one was paid by hand, which the operator settles; the provider is up again, the
   * operator asks the others for a retry, and all go on. Within ms. The one that was settled is then reset, and not charged.
   */
  finish(): Promise<{ name: string; finalAfterMs: number }>;
}

const finalWithinMs = 60_000;

/** Four orders whose payment provider is down for as long as they don't ask for an operator. */
export async function keepProviderDown(
  world: World,
  shop: () => Shop,
  { stock }: Customers,
  attentionAfterMs: number,
): Promise<ProviderDown> {
  const [first] = stock;
  if (first === undefined) throw new Error('there is nothing to order');
  const orders = await Promise.all(
    Array.from({ length: 4 }, () =>
      placeOrder(shop().alice, first.product, { paymentMethod: 'card_provider_down', respondAsync: true }),
    ),
  );
  const orderIds = orders.map(({ body }) => body.id);
  const [paidByHand = '', ...others] = orderIds;
  const count = async (where: string): Promise<boolean> => {
    const [row] = await world.query<{ count: number }>(
      'ORDER',
      `SELECT count(*)::integer AS count FROM orders WHERE id = ANY ($1) AND ${where}`,
      [orderIds],
    );
    return row?.count === orderIds.length;
  };
  const ask = async (request: 'retry' | 'settled', id: string, note: string) => {
    const { status, body } = await shop().admin.post<{ code?: string }>(`/orders/${id}/${request}`, { note });
    // It was due to be tried again by itself, and was faster than the operator.
    const goesOn = request === 'retry' && body.code === 'attention-not-needed';
    if (status !== 202 && !goesOn) throw new Error(`${request} of ${id}: ${status} ${body.code ?? ''}`);
  };
  return {
    orderIds,
    finish: async () => {
      await world.until(
        'orders whose provider is down to ask for an operator',
        () => count('needs_attention'),
        attentionAfterMs + 60_000,
      );
      await ask('settled', paidByHand, 'paid by bank transfer');
      const { status } = await shop().admin.post('/payments/simulator', { provider: 'up' });
      if (status !== 200) throw new Error(`the provider is not up: ${status}`);
      const since = Date.now();
      for (const id of others) await ask('retry', id, 'the provider is up again');
      await world.until('them to complete', () => count(`status = 'COMPLETED' AND NOT needs_attention`), finalWithinMs);
      const finalAfterMs = Date.now() - since;
      await resetToItsCharge(world, paidByHand);
      const [charge] = await world.query(
        'PAYMENT',
        `SELECT 1 FROM payments WHERE order_id = $1 AND status = 'CHARGED'`,
        [paidByHand],
      );
      if (charge !== undefined) throw new Error(`${paidByHand} was paid by hand, and charged after a reset`);
      return {
        name: 'the payment provider is down until its orders ask for an operator, who asks for a retry, or settles and then resets',
        finalAfterMs,
      };
    },
  };
}

/** And waits until the run that comes of it has ended. */
async function resetToItsCharge({ temporal }: World, orderId: string): Promise<void> {
  const handle = temporal.workflow.getHandle(workflowIdOf(orderId));
  await handle.result();
  await resetWorkflowOf(temporal.connection, 'default', orderId, 'chargePayment');
  await temporal.workflow.getHandle(handle.workflowId).result();
}
