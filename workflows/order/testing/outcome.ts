import { expect } from 'vitest';
import type { Order } from '../../../contracts/http/orders.js';
import { orderSchema } from '../../../contracts/http/orders.js';
import type { SagaHandle, SagaTest } from './saga-test.js';
import type { Row } from './test-shop.js';

export interface Ended {
  order: Order;
  row: Row;
  /** How many events the history has. */
  events: number;
}

/** Waits for the end, skipping time, and checks what holds for every end. */
export async function ended(saga: SagaTest, id: string, handle: SagaHandle, { wasReset = false } = {}): Promise<Ended> {
  const order = await handle.result();
  const row = saga.shop.row(id);
  expect(order).toEqual(row.order);
  expect(orderSchema.strict().parse(order)).toEqual(order);
  if (!wasReset) expect(row.ignored).toEqual([]);
  expect(order.needsAttention).toBe(false);
  expect(['COMPLETED', 'CANCELLED']).toContain(order.status);
  if (order.status === 'CANCELLED') expectNothingLeft(saga, id);
  return { order, row, events: await historyLength(handle) };
}

/** Without the three events of each task that this machine was too slow for: they say nothing of the Saga. */
async function historyLength(handle: SagaHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  const tooSlow = events?.filter((event) => event.workflowTaskTimedOutEventAttributes) ?? [];
  return (events?.length ?? 0) - 3 * tooSlow.length;
}

/** No money taken, no stock held, no parcel on its way. */
function expectNothingLeft({ shop }: SagaTest, id: string): void {
  expect(shop.payment(id)).not.toBe('charged');
  expect(shop.reservation(id)).not.toBe('held');
  expect(shop.delivery(id)).not.toBe('started');
}
