import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orderSchema } from '../../contracts/http/orders.js';
import { deliveryUpdate } from './messages.js';
import {
  startTimeSkippingSagaTest,
  type SagaHandle,
  type SagaTest,
  type TimeSkippingSagaTest,
} from './testing/saga-test.js';

let test: TimeSkippingSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startTimeSkippingSagaTest();
  saga = test.saga;
});
afterAll(() => test.close());

describe('an order', () => {
  it('goes all the way', async () => {
    const { id, handle } = await saga.start();
    await handle.executeUpdate('accepted');
    await handle.signal(deliveryUpdate, { status: 'in_transit', at: '2026-01-01T00:00:00Z' });
    await handle.signal(deliveryUpdate, { status: 'delivered', at: '2026-01-01T00:00:00Z' });
    const order = await handle.result();
    console.log(order, saga.shop.calls, saga.shop.row(id));
    const h = await handle.fetchHistory();
    console.log(
      h.events!.length,
      h.events!.map((e) => e.eventType),
    );
  });
});
