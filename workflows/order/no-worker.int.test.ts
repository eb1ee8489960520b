import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../tests/support/wait-for.js';
import { ended } from './testing/outcome.js';
import { startRealServerSagaTest, type RealServerSagaTest } from './testing/real-server.js';
import type { SagaTest } from './testing/saga-test.js';

let test: RealServerSagaTest;
let saga: SagaTest;

/** On the real server: the other one does not skip time while a task waits for a worker. */
beforeAll(async () => {
  test = await startRealServerSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

describe('a service without any worker', () => {
  it('payment: the window ends all the same, the stock is free at once, and a late charge will be refused', async () => {
    await saga.stopWorkers(['payment']);
    const { id, handle } = await saga.order({ paymentWindowMs: 1_000 });
    await waitFor('the release', () => saga.shop.reservation(id) === 'released');
    expect(saga.shop.row(id).order).toMatchObject({ status: 'CANCELLING', cancelReason: 'PAYMENT_TIMEOUT' });

    await saga.startWorkers(['payment']);
    const { order } = await ended(saga, id, handle);
    expect(order).toMatchObject({ status: 'CANCELLED', cancelReason: 'PAYMENT_TIMEOUT' });
    expect(saga.shop.payment(id)).toBe('mark');
    expect(saga.shop.countOf('charge-payment')).toBe(0);
  });
});
