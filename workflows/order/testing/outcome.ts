const EVENT: any = {
  1: 'start',
  2: 'end',
  5: 'wft',
  6: '-',
  7: '-',
  10: 'act',
  11: '-',
  12: 'done',
  13: 'failed',
  14: 'timeout',
  15: 'cancelreq',
  16: 'cancelled',
  17: 'timer',
  18: 'fired',
  19: 'timercancel',
  25: 'LA',
  26: 'signal',
  40: 'SA',
  41: 'upd',
  43: 'updend',
  42: 'updrej',
  20: 'cancelwf',
};
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
export async function ended(saga: SagaTest, id: string, handle: SagaHandle): Promise<Ended> {
  const order = await handle.result();
  const row = saga.shop.row(id);
  expect(order).toEqual(row.order);
  expect(orderSchema.strict().parse(order)).toEqual(order);
  expect(row.ignored).toEqual([]);
  expect(order.needsAttention).toBe(false);
  expect(['COMPLETED', 'CANCELLED']).toContain(order.status);
  if (order.status === 'CANCELLED') expectNothingLeft(saga, id);
  const { events } = await handle.fetchHistory();
  if (process.env.HISTORY)
    console.log(expect.getState().currentTestName, events?.map((e) => EVENT[e.eventType!]).join(' '), events?.length);
  return { order, row, events: events?.length ?? 0 };
}

/** No money taken, no stock held, no parcel on its way. */
function expectNothingLeft({ shop }: SagaTest, id: string): void {
  expect(shop.payment(id)).not.toBe('charged');
  expect(shop.reservation(id)).not.toBe('held');
  expect(shop.delivery(id)).not.toBe('started');
}
