import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Notification } from '../../contracts/http/notifications.js';
import type { Order } from '../../contracts/http/orders.js';
import { isFinal } from '../../contracts/order-status.js';
import { SAGA_OUTCOMES, type SagaOutcome } from '../../docs/made-from-code/outcomes.js';
import { TEMPLATES } from '../../notifications/templates/templates.js';
import type { Api } from '../support/api.js';
import {
  openShop,
  orderOf,
  placeOrder,
  reaches,
  REVIEWED_PRICE,
  stockedProduct,
  type OrderWish,
  type Shop,
} from '../support/shop.js';
import { readTopics, type TopicReader } from '../support/topic-reader.js';
import { waitFor } from '../support/wait-for.js';

const cancelledBy = (who: 'alice' | 'admin') => async (shop: Shop, id: string) => {
  await reaches(shop.alice, id, 'DELIVERY_STARTED');
  await shop[who].post(`/orders/${id}/cancel`, {});
};

/** How to get there; but a payment that is late is in api/order/saga-times.int.test.ts, where time is short. */
const ways: Record<
  Exclude<keyof typeof SAGA_OUTCOMES, 'notPaidInTime'>,
  OrderWish & { price?: number; then?: (shop: Shop, id: string) => Promise<void> }
> = {
  delivered: {},
  insufficient: { quantity: 9999 },
  rejected: {
    price: REVIEWED_PRICE,
    then: async (shop, id) => {
      const answer = await shop.admin.post(`/orders/${id}/review`, { decision: 'reject', note: 'nobody there' });
      expect(answer.status).toBe(202);
    },
  },
  declined: { paymentMethod: 'card_declined' },
  refused: { postalCode: '00000' },
  returned: { postalCode: '99999' },
  cancelled: { postalCode: '88888', then: cancelledBy('alice') },
  givenUp: { postalCode: '88888', then: cancelledBy('admin') },
};

describe('docs/saga.md: every path', () => {
  let shop: Shop;
  let topics: TopicReader;
  beforeAll(async () => {
    [shop, topics] = await Promise.all([openShop(inject('app').gatewayUrl), readTopics()]);
  });
  afterAll(() => topics.close());

  it.concurrent.each(Object.entries(ways) as [keyof typeof ways, (typeof ways)[keyof typeof ways]][])(
    '%s',
    async (name, { then, price = 1_000, ...wish }) => {
      const { reason, events }: SagaOutcome = SAGA_OUTCOMES[name];
      const { body } = await placeOrder(shop.alice, await stockedProduct(shop, { price }), wish);
      const id = body.orderId ?? body.id;
      await then?.(shop, id);

      const order = await waitFor('its end', () => endOf(shop.alice, id), { timeoutMs: 30_000 });
      expect([order.status, order.cancelReason]).toEqual([reason ? 'CANCELLED' : 'COMPLETED', reason]);
      expect((await topics.hears(id, events.length)).map(({ topic }) => topic)).toEqual(events);

      const told = events.filter((topic) => topic in TEMPLATES).sort();
      await waitFor(`mails of ${told.join()}`, async () => String(await mailsOf(shop.alice, id)) === String(told));
    },
  );
});

async function endOf(caller: Api, id: string): Promise<Order | undefined> {
  const order = await orderOf(caller, id);
  return isFinal(order.status) ? order : undefined;
}

async function mailsOf(caller: Api, id: string): Promise<string[]> {
  const { body } = await caller.get<{ items: Notification[] }>(`/notifications?orderId=${id}`);
  return body.items
    .filter(({ channel, status }) => channel === 'EMAIL' && status === 'SENT')
    .map(({ event }) => event)
    .sort();
}
