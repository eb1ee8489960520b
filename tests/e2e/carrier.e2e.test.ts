import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CarrierEvent, Delivery } from '../../contracts/http/deliveries.js';
import type { Order } from '../../contracts/http/orders.js';
import { endStateOf } from '../../docs/made-from-code/end-states.js';
import { openBooks, type Books } from '../support/books.js';
import { carrierOf } from '../support/carrier.js';
import { isOver } from '../support/interleavings/check.js';
import { openShop, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

const app = inject('app');
const report = carrierOf(app);
let shop: Shop;
let books: Books;
beforeAll(async () => {
  shop = await openShop(app.gatewayUrl);
  books = openBooks(app);
});
afterAll(() => books.close());

/** Told one after the other; a list within is told at once. */
type Told = readonly (CarrierEvent | readonly CarrierEvent[])[];

const WAYS: { told: Told; last: number; status: Order['status']; delivery: Delivery['status'] }[] = [
  { told: ['in_transit', 'in_transit', 'delivered'], last: 202, status: 'COMPLETED', delivery: 'DELIVERED' },
  { told: [Array<CarrierEvent>(5).fill('delivered')], last: 202, status: 'COMPLETED', delivery: 'DELIVERED' },
  { told: ['delivered', 'in_transit', 'delivered'], last: 202, status: 'COMPLETED', delivery: 'DELIVERED' },
  { told: ['delivered', 'returned'], last: 202, status: 'COMPLETED', delivery: 'DELIVERED' },
  { told: [Array<CarrierEvent>(5).fill('returned')], last: 202, status: 'CANCELLED', delivery: 'RETURNED' },
  { told: ['in_transit', 'returned', 'in_transit'], last: 202, status: 'CANCELLED', delivery: 'RETURNED' },
  { told: ['returned', 'in_transit', 'delivered'], last: 202, status: 'CANCELLED', delivery: 'RETURNED' },
];

describe("a carrier's reports, signed and through the gateway", () => {
  it.concurrent.each(WAYS)('$told: $status', { timeout: 180_000 }, async ({ told, last, status, delivery }) => {
    const product = await stockedProduct(shop, { quantity: 5 });
    const { body } = await placeOrder(shop.bob, product, { quantity: 2, postalCode: '88888' });
    const { deliveryId = '' } = await reaches(shop.bob, body.id, 'DELIVERY_STARTED', 60_000);

    let answered: number[] = [];
    for (const atOnce of told)
      answered = await Promise.all([atOnce].flat().map(async (event) => (await report(deliveryId, event)).status));
    expect(new Set(answered)).toEqual(new Set([last]));

    const ended = await reaches(shop.bob, body.id, status);
    expect(ended.cancelReason).toBe(status === 'CANCELLED' ? 'DELIVERY_RETURNED' : undefined);
    const left = await waitFor(
      'its customer to be told',
      async () => {
        const found = (await books.of([body.id])).get(body.id);
        return found && isOver(found) && found;
      },
      { timeoutMs: 60_000 },
    );
    expect(endStateOf(left)).toMatchObject({ delivery });
    const total = status === 'COMPLETED' ? 2_000 : 0;
    expect(left.net).toEqual({ ours: total, theProviders: total });
    expect(await stockOf(shop, product)).toEqual({ quantity: status === 'COMPLETED' ? 3 : 5, reserved: 0 });
    // Each is written down once, however often it was told.
    const shown = await shop.bob.get<Delivery>(`/deliveries/${deliveryId}`);
    const events = shown.body.events.map((event) => event.status);
    expect(events.length).toBe(new Set(events).size);
  });

  it('come before the delivery is started, and late: what is to come is asked for again, what is over changes nothing', async () => {
    const product = await stockedProduct(shop, { quantity: 5 });
    const { body } = await placeOrder(shop.bob, product, { postalCode: '88888' });
    const { deliveryId = '' } = await reaches(shop.bob, body.id, 'DELIVERY_STARTED', 60_000);
    expect((await report('del_none', 'delivered')).status).toBe(404);
    // The carrier's own time may be long ago: it is the signature's that counts.
    expect((await report(deliveryId, 'in_transit', '2026-01-01T00:00:00Z')).status).toBe(202);
    expect((await shop.bob.post(`/orders/${body.id}/cancel`, {})).status).toBe(409);
    expect((await report(deliveryId, 'returned')).status).toBe(202);
    await reaches(shop.bob, body.id, 'CANCELLED');
    expect((await report(deliveryId, 'in_transit')).status).toBe(202);
    expect((await report(deliveryId, 'delivered')).status).toBe(202);
    expect(await stockOf(shop, product)).toEqual({ quantity: 5, reserved: 0 });
  });
});
