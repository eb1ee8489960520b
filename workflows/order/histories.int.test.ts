import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { recordHistory } from './testing/histories.js';
import { ended } from './testing/outcome.js';
import { startRealServerSagaTest, type RealServerSagaTest } from './testing/real-server.js';
import { CLOSED_ORDERS, OPEN_ORDERS } from './testing/recorded-orders.js';
import type { SagaTest } from './testing/saga-test.js';

let test: RealServerSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startRealServerSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

// `npm run histories` keeps what these run for the replay gate.
describe('an order that ends', () => {
  it.each(Object.entries(CLOSED_ORDERS))('%s', async (name, { ends, atMost, live, wasReset }) => {
    const { id, handle } = await live(saga);
    const { order, events } = await ended(saga, id, handle, { wasReset });
    expect(order.cancelReason ?? order.status).toBe(ends);
    expect(events).toBeLessThanOrEqual(atMost ?? 100);
    await recordHistory(name, handle);
  });
});

describe('an order that', () => {
  it.each(Object.entries(OPEN_ORDERS))('%s', async (name, { waitsAt, live }) => {
    const { id, handle } = await live(saga);
    expect(saga.shop.row(id).order.status).toBe(waitsAt);
    await recordHistory(name, handle);
    await handle.terminate();
  });
});
