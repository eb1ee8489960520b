import { beforeAll, describe, expect, inject, it } from 'vitest';
import { scriptFrom, shell, withVariables } from '../support/document-shell.js';
import {
  openShop,
  orderOf,
  paymentsOf,
  placeOrder,
  reaches,
  REVIEWED_PRICE,
  stockedProduct,
  stockOf,
  type Shop,
} from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject('app').gatewayUrl);
});

const toReview = async () => {
  const product = await stockedProduct(shop, { price: REVIEWED_PRICE });
  const { status, body } = await placeOrder(shop.alice, product);
  expect([status, body.status, body.review]).toEqual([201, 'INVENTORY_RESERVED', 'WAITING']);
  return { ORDER_ID: body.id, product };
};

const runbook = async (names: string[], ORDER_ID: string): Promise<string> => {
  const scripts = await Promise.all(names.map((name) => scriptFrom('docs/runbook.md', name)));
  return shell(withVariables({ ORDER_ID }, scripts.join('\n')));
};

describe('an order that is to be reviewed', () => {
  it('review-list, review-http: is listed, and charged once it is approved', async () => {
    const { ORDER_ID } = await toReview();
    expect(await runbook(['admin', 'review-list'], ORDER_ID)).toContain(ORDER_ID);
    expect(await paymentsOf(shop.alice, ORDER_ID)).toEqual([]);
    expect(await runbook(['admin', 'review-http'], ORDER_ID)).toMatch(/^202$/m);
    expect(await reaches(shop.alice, ORDER_ID, 'COMPLETED')).toMatchObject({ review: 'APPROVED' });
    expect(await paymentsOf(shop.alice, ORDER_ID)).toMatchObject([{ status: 'CHARGED', amount: REVIEWED_PRICE }]);
    expect(await runbook(['admin', 'review-http'], ORDER_ID)).toContain('review-not-needed');
  });

  it.each(['approve-temporal', 'approve-tctl'])('%s', async (name) => {
    const { ORDER_ID } = await toReview();
    await runbook([name], ORDER_ID);
    await reaches(shop.alice, ORDER_ID, 'COMPLETED');
  });

  it.each(['reject-temporal', 'reject-tctl'])('%s: is undone uncharged, and its customer told', async (name) => {
    const { ORDER_ID, product } = await toReview();
    await runbook([name], ORDER_ID);
    await reaches(shop.alice, ORDER_ID, 'CANCELLED');
    expect(await orderOf(shop.alice, ORDER_ID)).toMatchObject({ cancelReason: 'REVIEW_REJECTED', review: 'REJECTED' });
    expect(await paymentsOf(shop.alice, ORDER_ID)).toEqual([]);
    expect(await stockOf(shop, product)).toEqual({ quantity: 10, reserved: 0 });
    const mails = `/notifications?orderId=${ORDER_ID}`;
    await waitFor('the mail', async () =>
      (await shop.alice.get<{ items: { event: string }[] }>(mails)).body.items.some(
        ({ event }) => event === 'order-cancelled',
      ),
    );
  });
});
