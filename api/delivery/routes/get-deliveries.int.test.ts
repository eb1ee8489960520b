import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageOf } from '../../../contracts/http/common.js';
import { deliverySchema } from '../../../contracts/http/deliveries.js';
import { cancelDelivery } from '../../../services/delivery/cancel-delivery.js';
import { startDelivery } from '../../../services/delivery/start-delivery.js';
import { addressIn } from '../../../services/delivery/testing/open-deliveries.js';
import { openDeliveryApi } from '../testing/open-delivery-api.js';
import type { DeliveryApi } from '../testing/open-delivery-api.js';

let api: DeliveryApi;
beforeAll(async () => {
  api = await openDeliveryApi();
});
afterAll(() => api.close());

describe('GET /deliveries', () => {
  const pageSchema = pageOf(deliverySchema);

  it('shows a delivery with its events to its owner and to an admin', async () => {
    const { orderId, userId, deliveryId, trackingNumber } = await api.startedDelivery();
    await api.send(deliveryId, 'in_transit');
    const answer = await api.get(`/deliveries?orderId=${orderId}`, await api.tokens.bearer(userId, 'customer'));
    expect(pageSchema.parse(answer.body).items).toMatchObject([
      { id: deliveryId, orderId, status: 'IN_TRANSIT', trackingNumber, events: [{ status: 'in_transit' }] },
    ]);
    const one = await api.get(`/deliveries/${deliveryId}`, await api.tokens.bearer(3, 'admin'));
    expect(deliverySchema.parse(one.body)).toMatchObject({ id: deliveryId, userId, carrier: 'Simulated Carrier' });
  });

  it("hides another user's", async () => {
    const { orderId, deliveryId } = await api.startedDelivery();
    const other = await api.tokens.bearer(api.newUser(), 'customer');
    expect((await api.get(`/deliveries/${deliveryId}`, other)).status).toBe(404);
    expect((await api.get(`/deliveries?orderId=${orderId}`, other)).body).toEqual({ items: [], nextCursor: null });
    expect((await api.get('/deliveries')).status).toBe(401);
  });

  it('shows neither what is undecided, nor what was refused, nor a mark', async () => {
    const userId = api.newUser();
    const { id } = await api.deliveries.store.open({ orderId: randomUUID(), userId });
    await startDelivery(api.service(), { orderId: randomUUID(), userId, address: addressIn('00000'), lines: [] });
    await cancelDelivery(api.service(), { orderId: randomUUID(), userId });
    const owner = await api.tokens.bearer(userId, 'customer');
    expect((await api.get('/deliveries', owner)).body).toEqual({ items: [], nextCursor: null });
    expect((await api.get(`/deliveries/${id}`, owner)).status).toBe(404);
  });

  it('pages, newest first, whatever comes in between', async () => {
    const userId = api.newUser();
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) ids.unshift((await api.startedDelivery({ userId })).deliveryId);
    const owner = await api.tokens.bearer(userId, 'customer');
    const first = pageSchema.parse((await api.get('/deliveries?limit=2', owner)).body);
    await api.startedDelivery({ userId });
    const second = pageSchema.parse(
      (await api.get(`/deliveries?limit=2&cursor=${first.nextCursor ?? ''}`, owner)).body,
    );
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
  });
});
