import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../platform/listen.js';
import { startCarrierClock } from '../../services/delivery/simulated-carrier/carrier-clock.js';
import { createReportSender } from '../../services/delivery/simulated-carrier/simulated-carrier.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { carrierKeys, openDeliveryApi } from './testing/open-delivery-api.js';
import type { DeliveryApi } from './testing/open-delivery-api.js';

let api: DeliveryApi;
beforeAll(async () => {
  api = await openDeliveryApi();
});
afterAll(() => api.close());

describe('the simulated carrier', () => {
  it.each([
    ['04524', ['in_transit', 'delivered'], 'DELIVERED'],
    ['99999', ['in_transit', 'returned'], 'RETURNED'],
  ])('brings an order to %s all the way into its Saga', async (postalCode, told, status) => {
    const http = await listen(api.appWith(), { host: '127.0.0.1', port: 0 });
    // An instance that is gone comes first: its reports are sent again to the next.
    const urls = ['http://127.0.0.1:1', http.url];
    const clock = startCarrierClock({
      book: api.deliveries.book,
      send: createReportSender({ urls, key: carrierKeys.k1.secret, kid: 'k1' }),
      logger: api.logger,
    });
    try {
      const { orderId, deliveryId } = await api.startedDelivery({ postalCode, delayMs: 100 });
      clock.wake();
      await waitFor('the last report', async () => (await api.statusOf(deliveryId)) === status);
      expect(
        await waitFor('the end', async () => {
          const heard = await api.toldTo(orderId);
          return heard.length === told.length && heard;
        }),
      ).toEqual(told);
    } finally {
      await clock.stop();
      await http.close();
    }
  });
});
