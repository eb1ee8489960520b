import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { carrierOf } from '../support/carrier.js';
import { mailsArrive } from '../support/inbox.js';
import {
  openShop,
  orderOf,
  paymentsOf,
  placeOrder,
  reaches,
  stockOf,
  stockedProduct,
  type Shop,
} from '../support/shop.js';
import { resetWorkflow, terminateWorkflow, workflowsIn } from '../support/temporal.js';
import { waitFor } from '../support/wait-for.js';

const app = inject('app');

describe('one Idempotency-Key', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(app.gatewayUrl);
  });

  /** One workflow, one charge, one set of e-mails. */
  async function isOne(orderId: string, { runs = 1 } = {}): Promise<void> {
    const mails = await mailsArrive(orderId, 4);
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(4);
    expect(await paymentsOf(shop.alice, orderId)).toMatchObject([{ status: 'CHARGED' }]);
    await waitFor(`its ${runs} runs`, async () => (await workflowsIn(app.temporalNamespace, orderId)) === runs);
  }

  it('is one order and one charge, however often and concurrently it is sent', async () => {
    const product = await stockedProduct(shop, { quantity: 10 });
    const key = randomUUID();

    const answers = await Promise.all(Array.from({ length: 100 }, () => placeOrder(shop.alice, product, { key })));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 201));
    const ids = new Set(answers.map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(99);
    const orderId = String([...ids][0]);
    await reaches(shop.alice, orderId, 'COMPLETED');
    await isOne(orderId);
    expect(await stockOf(shop, product)).toEqual({ quantity: 9, reserved: 0 });

    const late = await placeOrder(shop.alice, product, { key });
    expect(late.status).toBe(201);
    expect(late.body).toMatchObject({ id: orderId, status: 'COMPLETED' });
  });

  it('is one order also after its workflow was reset to before its charge, or terminated', async () => {
    const product = await stockedProduct(shop, { quantity: 10 });
    const [reset, terminated] = [randomUUID(), randomUUID()];
    const place = (key: string) => placeOrder(shop.alice, product, { key, postalCode: '88888' });
    const [first, second] = await Promise.all([place(reset), place(terminated)]);
    await Promise.all([first, second].map(({ body }) => reaches(shop.alice, body.id, 'DELIVERY_STARTED')));
    await resetWorkflow(app.temporalNamespace, first.body.id, 'chargePayment');
    await terminateWorkflow(app.temporalNamespace, second.body.id);

    for (const [key, { body }] of [
      [reset, first],
      [terminated, second],
    ] as const) {
      const again = await place(key);
      expect([again.status, again.body.id, again.headers.get('idempotency-replayed')]).toEqual([201, body.id, 'true']);
      const other = await placeOrder(shop.alice, product, { key });
      expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reuse']);
    }
    expect(await stockOf(shop, product)).toEqual({ quantity: 8, reserved: 2 });
    const { deliveryId = '' } = await orderOf(shop.alice, first.body.id);
    expect((await carrierOf(app)(deliveryId, 'delivered')).status).toBe(202);
    await reaches(shop.alice, first.body.id, 'COMPLETED');
    await isOne(first.body.id, { runs: 2 });
    await waitFor(
      'the terminated to be counted',
      async () => (await workflowsIn(app.temporalNamespace, second.body.id)) === 1,
    );
  });

  it('that is missing makes two orders of two posts', async () => {
    const product = await stockedProduct(shop, { quantity: 10 });
    const [one, two] = await Promise.all([placeOrder(shop.alice, product), placeOrder(shop.alice, product)]);
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(one.body.id).not.toBe(two.body.id);
    await Promise.all([one, two].map(({ body }) => reaches(shop.alice, body.id, 'COMPLETED')));
    await Promise.all([one, two].map(({ body }) => isOne(body.id)));
    expect(await stockOf(shop, product)).toEqual({ quantity: 8, reserved: 0 });
  });

  it('with another body is refused', async () => {
    const product = await stockedProduct(shop);
    const key = randomUUID();
    await placeOrder(shop.alice, product, { key, quantity: 1 });
    const other = await placeOrder(shop.alice, product, { key, quantity: 2 });
    expect(other.status).toBe(422);
    expect(other.body.code).toBe('idempotency-key-reuse');
  });

  it('of another user is another order', async () => {
    const product = await stockedProduct(shop);
    const key = randomUUID();
    const [alices, bobs] = await Promise.all([
      placeOrder(shop.alice, product, { key }),
      placeOrder(shop.bob, product, { key }),
    ]);
    expect(alices.body.id).not.toBe(bobs.body.id);
  });

  it('replays a refusal with the same answer', async () => {
    const product = await stockedProduct(shop, { quantity: 1 });
    const key = randomUUID();
    const first = await placeOrder(shop.alice, product, { key, quantity: 7 });
    const again = await placeOrder(shop.alice, product, { key, quantity: 7 });
    expect([first.status, again.status]).toEqual([409, 409]);
    expect(again.body).toMatchObject({
      code: 'insufficient-stock',
      orderId: first.body.orderId,
      requested: 7,
      available: 1,
    });
  });
});
