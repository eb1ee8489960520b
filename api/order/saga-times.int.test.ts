import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { topicOf } from '../../contracts/events/order-event.js';
import { checkedEvent } from '../../contracts/events/order-event.js';
import type { Order } from '../../contracts/http/orders.js';
import type { OperatorRequest } from '../../contracts/timeline.js';
import { SAGA_OUTCOMES } from '../../docs/made-from-code/outcomes.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

/** With the real Saga, tables and routes, and times so short that they can be waited for. */
let api: OrderApi;
beforeAll(async () => {
  api = await startOrderApi('saga_times', { attentionAfterMs: 1_000, paymentWindowMs: 2_000, carrierSilenceMs: 1_000 });
});
afterAll(() => api.close());
beforeEach(() => {
  api.shop.reset();
  api.shop.stock.set(1, 1_000);
});

const place = async () => ((await api.post({ productId: 1, quantity: 1 })).body as Order).id;

const orderOf = async (id: string) => (await api.database.store.find(id))?.order;

const ask = (id: string, request: OperatorRequest) =>
  supertest(api.app()).post(`/orders/${id}/${request}`).set('authorization', api.admin).send({ note: 'asked them' });

describe('a payment that can not be made in its window', () => {
  it('undoes the order, and tells why in events that fit their schema', async () => {
    api.shop.down('charge-payment');
    const id = await place();
    const order = await api.reaches(id, 'CANCELLED');
    const { reason, events } = SAGA_OUTCOMES.notPaidInTime;
    expect(order).toMatchObject({ cancelReason: reason, needsAttention: false });
    const rows = await api.database.prisma.outboxEvent.findMany({
      where: { orderId: id },
      orderBy: { sequence: 'asc' },
    });
    const told = rows.map(({ event }) => checkedEvent(event));
    expect(told.map(({ type }) => topicOf(type))).toEqual(events);
    expect(told.slice(-2).map(({ data }) => data.reason)).toEqual([reason, reason]);
  });
});

describe('a carrier that is silent', () => {
  const silent = async () => {
    const id = await place();
    const order = await waitFor('attention', async () => {
      const order = await orderOf(id);
      return order?.needsAttention ? order : undefined;
    });
    expect(order.attention).toMatchObject({ step: 'await-delivery', error: 'CarrierSilent' });
    return id;
  };

  it('retry waits for as long again, settled says that it was delivered', async () => {
    const id = await silent();
    expect((await ask(id, 'retry')).status).toBe(202);
    await waitFor('the second time', async () => {
      const entries = await api.database.prisma.timelineEntry.findMany({ where: { orderId: id } });
      return entries.some(({ key }) => key === 'attention-await-delivery-2');
    });
    expect((await ask(id, 'settled')).status).toBe(202);
    expect(await api.reaches(id, 'COMPLETED')).toMatchObject({ needsAttention: false });
    expect(api.shop.reservation(id)).toBe('committed');
  });

  it('give-up has it called off, and all undone', async () => {
    const id = await silent();
    expect((await ask(id, 'give-up')).status).toBe(202);
    expect(await api.reaches(id, 'CANCELLED')).toMatchObject({ cancelReason: 'OPERATOR_REQUEST' });
    expect([api.shop.payment(id), api.shop.reservation(id)]).toEqual(['refunded', 'released']);
  });
});
