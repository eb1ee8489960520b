import { beforeAll, describe, expect, inject, it } from 'vitest';
import { SERVICES } from '../../contracts/services.js';
import { scriptFrom, shell, startShell } from '../support/document-shell.js';
import { openShop, placeOrder, reaches, stockedProduct, type Shop } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

const walkthrough = (name: string) => scriptFrom('docs/walkthroughs.md', name);
const walk = async (name: string) => shell(await walkthrough(name));

/** The orders below are of these products. */
const PRODUCTS = [1, 3];

describe('docs/walkthroughs.md', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(inject('app').gatewayUrl);
    for (const id of PRODUCTS) await shop.admin.put(`/inventory/${id}`, { quantity: 50 });
  });

  it('the catalog', async () => {
    const printed = await walk('catalog');
    expect(printed).toContain('{"name":"Laptops","products":');
    expect(printed).toContain('"category":"Cameras"');
    expect(printed).toContain('"name":"MacBook Pro 16"');
    expect(printed).toContain('"price":3500000,"currency":"KRW"');
  });

  it('a first order', async () => {
    const printed = await walk('first-order');
    expect(printed).toMatch(/^HTTP\/1.1 201 Created[^]*"status":"INVENTORY_RESERVED"[^]*idempotency-replayed: true/i);
    expect(new Set([...printed.matchAll(/"id":"(ord_[^"]+)"/g)].map(([, id]) => id)).size).toBe(1);
  });

  it('the orders of a user', async () => {
    const product = await stockedProduct(shop);
    await placeOrder(shop.alice, product);
    await reaches(
      shop.alice,
      (await placeOrder(shop.alice, product, { paymentMethod: 'card_declined' })).body.id,
      'CANCELLED',
    );
    const printed = await walk('orders');
    expect(printed.match(/"id":"ord_/g)?.length).toBeGreaterThanOrEqual(3);
    expect(printed).toContain('"status":"CANCELLED"');
    expect(printed).toContain('"status":404');
  });

  it('stock', async () => {
    const printed = await walk('stock');
    expect(printed).toContain('"productId":3,"quantity":3');
    // Nothing is held when it is over.
    expect(printed).toMatch(/"productId":3,"quantity":5,"reserved":\d+\}\s*$/);
    expect(printed).toContain('"code":"insufficient-stock"');
    expect(printed).toContain('"requested":4,"available":3');
  });

  it('following the Saga by its logs', async () => {
    const [order, steps, notifications] = await Promise.all(
      ['logs-order', 'logs-steps', 'logs-notifications'].map(async (name) => startShell(await walkthrough(name))),
    );
    const all = [order, steps, notifications].filter((one) => one !== undefined);
    try {
      const product = await stockedProduct(shop);
      // Until all three follow: what was printed before they began is not theirs to show.
      const { id } = await waitFor(
        'all terminals to follow',
        async () => {
          const { body } = await placeOrder(shop.alice, product, { paymentMethod: 'card_declined' });
          await reaches(shop.alice, body.id, 'CANCELLED');
          return all.every(({ printed }) => printed.includes(body.id)) && body;
        },
        { timeoutMs: 40_000, intervalMs: 1_000 },
      );
      const declined = (await placeOrder(shop.alice, product, { paymentMethod: 'card_declined' })).body.id;
      const [, delivered = ''] = /"id":"(ord_[^"]+)"/.exec(await walk('logs-ordered')) ?? [];
      expect(id).not.toBe(delivered);

      await inTurn(() => order?.printed, delivered, ['order created', 'event published', 'order completed']);
      await inTurn(() => steps?.printed, delivered, [
        'stock reserved',
        'payment completed',
        'delivery started',
        'delivery completed',
        'stock committed',
      ]);
      await inTurn(() => notifications?.printed, delivered, ['notification sent']);
      await inTurn(() => steps?.printed, declined, ['payment declined', 'stock released']);
      await inTurn(() => order?.printed, declined, ['order cancelled']);
      expect(order?.printed).toContain('reason=PAYMENT_DECLINED');
    } finally {
      for (const one of all) one.end();
    }
  });

  // A hundred programs that ask, beside those that answer.
  it('a hundred buyers of the last unit', async () => {
    const printed = await walk('hundred-buyers');
    expect(printed).toMatch(/\b1 201\n\s+99 409$/m);
    expect(printed).toMatch(/"quantity":0,"reserved":[01]\}\s*$/);
  }, 150_000);

  it('a part of the money back', async () => {
    const printed = await walk('refund');
    expect(printed).toMatch(/^HTTP\/1.1 201 Created/m);
    expect(printed).toContain(
      '"amount":3500000,"currency":"KRW","reason":"It was the wrong one.","state":"DONE","restocked":true',
    );
    expect(printed).toMatch(/"left":3500000[^]*"code":"refund-too-much"/);
    expect(printed).toMatch(/"amount":7000000,"currency":"KRW","status":"CHARGED","refunds":\[\{[^]*"amount":3500000/);
  });

  it('the undo', async () => {
    const printed = await walk('undo');
    const stock = [...printed.matchAll(/\{"productId":1,"quantity":(\d+),/g)].map(([, quantity]) => quantity);
    expect(stock[0]).toBe(stock[1]);
    expect(printed).toContain('"status":"REFUNDED"');
    for (const line of ['stock reserved', 'payment completed', 'payment refunded', 'stock released', 'order cancelled'])
      expect(printed).toContain(line);
  });

  it('watching an order', async () => {
    expect(await walk('watch')).toContain('"status":"COMPLETED"');
  });

  it('the trace in Zipkin', async () => {
    const printed = await walk('trace');
    for (const service of SERVICES) expect(printed).toContain(`"serviceName":"${service}"`);
    expect(printed).toContain('order completed');
  });
});

/** Waits until the lines about an order hold these words, one after the other. */
function inTurn(printed: () => string | undefined, orderId: string, words: string[]) {
  const pattern = new RegExp(words.join('[^]*'));
  const lines = () => (printed() ?? '').split('\n').filter((line) => line.includes(orderId));
  return waitFor(`${words.join(', ')} of ${orderId}`, () => pattern.test(lines().join('\n')), { timeoutMs: 30_000 });
}
