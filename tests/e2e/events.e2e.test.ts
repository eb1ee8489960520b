import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it, test } from 'vitest';
import { checkedEvent } from '../../contracts/events/order-event.js';
import type { Notification } from '../../contracts/http/notifications.js';
import type { Order, Refund } from '../../contracts/http/orders.js';
import type { User } from '../../contracts/http/users.js';
import { isFinal } from '../../contracts/order-status.js';
import { CUSTOMER_TOPICS, TOPICS, type Topic } from '../../contracts/topics.js';
import { SAGA_OUTCOMES, type SagaOutcome } from '../../docs/made-from-code/outcomes.js';
import { server } from '../support/servers.js';
import { openShop, orderOf, stockedProduct, type Shop } from '../support/shop.js';
import { readTopics, type TopicReader } from '../support/topic-reader.js';
import { waitFor } from '../support/wait-for.js';

/** Alice, as she is seeded. */
const NAME = 'Alice Kim';
const STREET = '110 Sejong-daero';
const PHONE = '+82 2-555-0101';
const PERSONAL = ['alice@example.com', NAME, STREET, PHONE, 'Seoul'];

interface Wish {
  quantity?: number;
  paymentMethod?: string;
  postalCode?: string;
}

const WISHES = {
  delivered: {},
  insufficient: { quantity: 9_999 },
  declined: { paymentMethod: 'card_declined' },
  refused: { postalCode: '00000' },
  returned: { postalCode: '99999' },
  cancelled: { postalCode: '88888' },
} as const satisfies Partial<Record<keyof typeof SAGA_OUTCOMES, Wish>>;
type Outcome = keyof typeof WISHES;

describe('the events of real orders', () => {
  const orders = new Map<Outcome, Order>();
  let refunded: Order;
  let shop: Shop;
  let topics: TopicReader;

  beforeAll(async () => {
    [shop, topics] = await Promise.all([openShop(inject('app').gatewayUrl), readTopics()]);
    const outcomes = Object.keys(WISHES) as Outcome[];
    await Promise.all([
      goTo(shop, 'delivered').then((order) => (refunded = order)),
      ...outcomes.map(async (outcome) => orders.set(outcome, await goTo(shop, outcome))),
    ]);
  });
  afterAll(() => topics.close());

  const messagesOf = (outcome: Outcome) => {
    const { events }: SagaOutcome = SAGA_OUTCOMES[outcome];
    return topics.hears(orders.get(outcome)!.id, events.length);
  };

  it.each(Object.keys(WISHES) as Outcome[])('%s: as documented, and nothing more', async (outcome) => {
    const order = orders.get(outcome)!;
    const messages = await messagesOf(outcome);
    expect(messages.map(({ topic }) => topic)).toEqual(SAGA_OUTCOMES[outcome].events);
    for (const [index, { topic, key, headers, event }] of messages.entries()) {
      expect(checkedEvent(event)).toEqual(event);
      expect(key).toBe(order.id);
      expect(Object.keys(headers).sort()).toEqual(['content-type', 'traceparent']);
      expect(headers['content-type']).toBe('application/cloudevents+json');
      expect(headers['traceparent']?.split('-')[1]).toBe(event.traceparent?.split('-')[1]);
      expect(event).toMatchObject({
        id: `${order.id}:${topic}`,
        type: `holdfast.${topic}.v1`,
        source: '/order-service',
        subject: order.id,
        sequence: String(index + 1),
        data: { orderId: order.id, userId: 1, totalPrice: order.totalPrice, currency: 'KRW' },
      });
    }
    // What is sent again has the same id and says the same.
    for (const { topic, value } of topics.of(order.id))
      expect(value).toBe(messages.find((message) => message.topic === topic)?.value);
  });

  it('tell the step what belongs to it', async () => {
    const told = async (outcome: Outcome) => {
      const messages = await messagesOf(outcome);
      return Object.fromEntries(
        messages.map(({ topic, event: { data } }) => {
          const { reason, paymentId, deliveryId, trackingNumber } = data;
          return [topic, { reason, paymentId, deliveryId, trackingNumber }] as const;
        }),
      ) as Record<Topic, object>;
    };
    const { paymentId, deliveryId, trackingNumber } = orders.get('delivered')!;
    expect([paymentId, deliveryId, trackingNumber]).not.toContain(undefined);
    expect(await told('delivered')).toEqual({
      'order-created': {},
      'inventory-reserved': {},
      'payment-completed': { paymentId },
      'delivery-started': { deliveryId, trackingNumber },
      'delivery-completed': { deliveryId, trackingNumber },
      'order-completed': { paymentId, deliveryId, trackingNumber },
    });
    expect(await told('insufficient')).toMatchObject({
      'inventory-failed': { reason: 'INSUFFICIENT_STOCK' },
      'order-cancelled': { reason: 'INSUFFICIENT_STOCK' },
    });
    const declined = orders.get('declined')!.paymentId;
    expect(await told('declined')).toMatchObject({
      'payment-failed': { reason: 'card_declined', paymentId: declined },
      'order-cancelled': { reason: 'PAYMENT_DECLINED', paymentId: declined },
    });
    for (const outcome of ['refused', 'returned', 'cancelled'] as const)
      expect(await told(outcome)).toMatchObject({ 'order-cancelled': { reason: SAGA_OUTCOMES[outcome].reason } });
  });

  it('tell of each refund, and its customer by e-mail and SMS, once each, whenever it is asked for again', async () => {
    const refund = (amount: number, key: string) =>
      shop.admin.post<Refund>(
        `/orders/${refunded.id}/refunds`,
        { amount, reason: 'a scratch' },
        { 'idempotency-key': key },
      );
    const made = [await refund(300, 'one'), await refund(300, 'one'), await refund(200, 'two')];
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
    const told = (await topics.hears(refunded.id, 8)).filter(({ topic }) => topic === 'payment-refunded');
    expect(told.map(({ event }) => event)).toMatchObject([
      { id: `${refunded.id}:payment-refunded:${made[0]?.body.id}`, sequence: '7', data: { amount: 300 } },
      { id: `${refunded.id}:payment-refunded:${made[2]?.body.id}`, sequence: '8', data: { amount: 200 } },
    ]);
    for (const { event } of told) expect(checkedEvent(event)).toEqual(event);
    expect(JSON.stringify(told)).not.toContain('a scratch');
    await waitFor('both to be told', async () => {
      const { body } = await shop.alice.get<{ items: Notification[] }>(`/notifications?orderId=${refunded.id}`);
      const sent = body.items.filter(({ event, status }) => event === 'payment-refunded' && status === 'SENT');
      return sent.length === 4;
    });
    expect((await orderOf(shop.alice, refunded.id)).refunds).toMatchObject([{ amount: 300 }, { amount: 200 }]);
  });

  it('are of all ten topics, and hold nothing personal', async () => {
    const ofRefund = topics.hears(refunded.id, 8);
    const messages = (await Promise.all([ofRefund, ...[...orders.keys()].map(messagesOf)])).flat();
    expect(new Set(messages.map(({ topic }) => topic))).toEqual(new Set(TOPICS));
    for (const { key, headers, value } of messages)
      for (const personal of PERSONAL) expect(`${key} ${JSON.stringify(headers)} ${value}`).not.toContain(personal);
  });

  it.each(Object.keys(WISHES) as Outcome[])(
    '%s: its customer is told by e-mail and SMS, once each',
    async (outcome) => {
      const order = orders.get(outcome)!;
      const told = CUSTOMER_TOPICS.filter((topic) =>
        (SAGA_OUTCOMES[outcome].events as readonly Topic[]).includes(topic),
      );
      const wanted = told.flatMap((topic) => [`${topic} EMAIL SENT`, `${topic} SMS SENT`]).sort();
      await waitFor(
        wanted.join(),
        async () => {
          const { body } = await shop.alice.get<{ items: Notification[] }>(`/notifications?orderId=${order.id}`);
          return String(body.items.map((one) => `${one.event} ${one.channel} ${one.status}`).sort()) === String(wanted);
        },
        { timeoutMs: 30_000 },
      );
    },
  );

  it('are read by the reader that docs/events.md shows', async () => {
    const document = await readFile('docs/events.md', 'utf8');
    const example = /<!-- test: consume-events -->\n+```js\n([^]*?)```/.exec(document)?.[1] ?? '';
    const delivered = orders.get('delivered')!;
    const cancelled = orders.get('cancelled')!;
    const group = `reader-of-${delivered.id}`;
    const reader = spawn('node', ['--input-type=module', '-e', example.replaceAll('my-reports', group)], {
      env: { ...process.env, KAFKA_BROKERS: server('KAFKA_BROKERS') },
    });
    let printed = '';
    reader.stdout.on('data', (data) => (printed += String(data)));
    reader.stderr.on('data', (data) => (printed += String(data)));
    try {
      await waitFor(
        'both orders in what it prints',
        () =>
          Promise.resolve(
            printed.includes(`${delivered.id} earned ${delivered.totalPrice} KRW`) &&
              printed.includes(`${cancelled.id} was cancelled: CUSTOMER_REQUEST`),
          ),
        { timeoutMs: 30_000 },
      );
    } finally {
      reader.kill();
    }
  });
});

test('of a new password, set by oneself or an admin, the owner is told by e-mail, once each', async () => {
  const { anyone, admin } = await openShop(inject('app').gatewayUrl);
  const email = `dora-${randomUUID()}@example.com`;
  const { body } = await anyone.post<User>('/users', { email, name: 'Dora', password: 'a tolerable password' });
  const path = `/users/${body.id}`;
  const dora = await anyone.logIn(email, 'a tolerable password');
  const own = { password: 'a better password', currentPassword: 'a tolerable password' };
  expect((await dora.patch(path, own)).status).toBe(200);
  expect((await admin.patch(path, { password: 'the best password' })).status).toBe(200);
  const again = await anyone.logIn(email, 'the best password');
  const told = await waitFor('both mails', async () => {
    const { items } = (await again.get<{ items: Notification[] }>('/notifications')).body;
    return items.filter(({ status }) => status === 'SENT').length === 2 ? items : undefined;
  });
  for (const one of told)
    expect(one).toMatchObject({ event: 'user-password-changed', channel: 'EMAIL', orderId: null });
});

/** An order of this outcome, at its end. */
async function goTo(shop: Shop, outcome: Outcome): Promise<Order> {
  const { quantity = 1, paymentMethod = 'card_ok', postalCode = '04524' }: Wish = WISHES[outcome];
  const product = await stockedProduct(shop);
  const { body } = await shop.alice.post<Order & { orderId?: string }>('/orders', {
    ...{ productId: product.id, quantity, paymentMethod },
    shippingAddress: { name: NAME, line1: STREET, city: 'Seoul', postalCode, country: 'KR', phone: PHONE },
  });
  const id = body.orderId ?? body.id;
  if (outcome === 'cancelled') {
    await waitFor('the delivery', async () => (await orderOf(shop.alice, id)).status === 'DELIVERY_STARTED');
    await shop.alice.post(`/orders/${id}/cancel`, {});
  }
  return waitFor(
    `the end of ${id}`,
    async () => {
      const order = await orderOf(shop.alice, id);
      return isFinal(order.status) ? order : undefined;
    },
    { timeoutMs: 30_000 },
  );
}
