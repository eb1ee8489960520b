import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderProgress } from '../../contracts/activities/order-activities.js';
import type { OrderStatus } from '../../contracts/order-status.js';
import { createLogger } from '../../platform/logger.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { recordProgress } from './progress-store.js';
import { newOrder, openOrderDatabase, progress, type OrderDatabase } from './testing/order-database.js';
import {
  createStatusChangeReader,
  type StatusChange,
  type StatusChangeReader,
  startStatusListener,
  type StatusListener,
  watchOrder,
} from './status-changes.js';

const service = 'status-test';
let database: OrderDatabase;
let changes: StatusChangeReader;
let admin: Client;
const listeners: StatusListener[] = [];
const lines: string[] = [];

beforeAll(async () => {
  database = await openOrderDatabase();
  changes = createStatusChangeReader(database.prisma);
  admin = new Client({ connectionString: database.url });
  await admin.connect();
});
afterAll(async () => {
  await Promise.all(listeners.map((listener) => listener.stop()));
  await admin.end();
  await database.close();
});

function listen(): StatusListener {
  const logger = createLogger({ service, level: 'info' }, { write: (line) => void lines.push(line) });
  const listener = startStatusListener({ databaseUrl: database.url, service, logger });
  listeners.push(listener);
  return listener;
}

const placed = async () => (await database.store.place(newOrder())).stored.order;
const record = (id: string, key: string, patch: OrderProgress['patch'] = {}) =>
  recordProgress(database.prisma, progress(id, key, patch), {});
const moves = async (id: string, ...statuses: OrderStatus[]) => {
  for (const status of statuses) await record(id, status, { status });
};
const orderOf = async (id: string) => (await database.store.find(id))!.order;
const inWords = ({ number, order }: StatusChange) => `${number} ${order.status}`;

const theWholeWay = ['INVENTORY_RESERVED', 'PAYMENT_COMPLETED', 'DELIVERY_STARTED', 'COMPLETED'] as const;
const allOfIt = ['1 PENDING', '2 INVENTORY_RESERVED', '3 PAYMENT_COMPLETED', '4 DELIVERY_STARTED', '5 COMPLETED'];

describe('the changes of an order', () => {
  it('are the order as it was at each status, however often and late a step is recorded', async () => {
    const order = await placed();
    expect(await changes.of(order)).toEqual([{ number: 1, order }]);
    await record(order.id, 'reserve', { status: 'INVENTORY_RESERVED' });
    await record(order.id, 'charge', { status: 'PAYMENT_COMPLETED', paymentId: 'pay_1' });
    await record(order.id, 'reserve', { status: 'INVENTORY_RESERVED' });
    await record(order.id, 'in-transit', { trackingNumber: 'T1' });
    await record(order.id, 'undo', { status: 'CANCELLING', cancelReason: 'CUSTOMER_REQUEST', cancelNote: 'no' });
    const seen = await changes.of(await orderOf(order.id));
    expect(seen.map(inWords)).toEqual(['1 PENDING', '2 INVENTORY_RESERVED', '3 PAYMENT_COMPLETED', '4 CANCELLING']);
    expect(seen[0]?.order).toEqual(order);
    expect(seen[1]?.order).not.toHaveProperty('paymentId');
    expect(seen[2]?.order).toMatchObject({ paymentId: 'pay_1' });
    expect(seen[2]?.order).not.toHaveProperty('trackingNumber');
    expect(seen[3]?.order).toEqual(await orderOf(order.id));
  });

  it('are counted without a hole and once when steps come at the same time', async () => {
    const { id } = await placed();
    for (const status of theWholeWay) {
      await Promise.all(Array.from({ length: 6 }, (_, count) => record(id, `${status}-${count % 2}`, { status })));
    }
    expect((await changes.of(await orderOf(id))).map(inWords)).toEqual(allOfIt);
  });
});

describe('who watches an order', () => {
  const watch = async (listener: StatusListener, id: string, seen?: number, signal = new AbortController().signal) => {
    const heard: string[] = [];
    const order = await orderOf(id);
    const done = (async () => {
      for await (const change of watchOrder({ changes, listener }, { order, seen, signal }))
        heard.push(inWords(change));
    })();
    return { heard, done };
  };

  it('is told of it as it is, then of each change, once and in their order, wherever they watch', async () => {
    const { id } = await placed();
    const everywhere = [listen(), listen()];
    const watchers = await Promise.all([...everywhere, ...everywhere].map((listener) => watch(listener, id)));
    await waitFor('all to be told of the first', () => watchers.every(({ heard }) => heard.length === 1));
    await moves(id, ...theWholeWay);
    for (const { heard, done } of watchers) {
      await done;
      expect(heard).toEqual(allOfIt);
    }
  });

  it('is told of it once when it is final', async () => {
    const { id } = await placed();
    await moves(id, ...theWholeWay);
    const { heard, done } = await watch(listen(), id);
    await done;
    expect(heard).toEqual(['5 COMPLETED']);
  });

  it('goes on after what they have seen', async () => {
    const { id } = await placed();
    await moves(id, 'INVENTORY_RESERVED', 'PAYMENT_COMPLETED', 'DELIVERY_STARTED');
    const { heard, done } = await watch(listen(), id, 2);
    await waitFor('what was missed', () => heard.length === 2);
    await moves(id, 'COMPLETED');
    await done;
    expect(heard).toEqual(allOfIt.slice(2));
    // One that was never given.
    const other = await watch(listen(), id, 77);
    await other.done;
    expect(other.heard).toEqual(['5 COMPLETED']);
  });

  it('misses nothing when the connection that tells them is lost meanwhile', async () => {
    const { id } = await placed();
    const { heard, done } = await watch(listen(), id);
    await waitFor('the first', () => heard.length === 1);
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${service} status listener'`;
    await waitFor('the connection to be killed', async () => (await admin.query(kill)).rowCount);
    await moves(id, ...theWholeWay);
    await done;
    expect(heard).toEqual(allOfIt);
    await waitFor('it to say so', () => lines.some((line) => line.includes('status listener works again')));
  });

  it('leaves nothing behind, and is told no more', async () => {
    const { id } = await placed();
    const listener = listen();
    let listening = 0;
    const counted: StatusListener = {
      ...listener,
      listenFor: (orderId, wake) => {
        listening += 1;
        const stop = listener.listenFor(orderId, wake);
        return () => {
          listening -= 1;
          stop();
        };
      },
    };
    const leaves = new AbortController();
    const { heard, done } = await watch(counted, id, undefined, leaves.signal);
    await waitFor('the first', () => heard.length === 1);
    expect(listening).toBe(1);
    leaves.abort();
    await done;
    expect(listening).toBe(0);
    await moves(id, 'INVENTORY_RESERVED');
    expect(heard).toEqual(['1 PENDING']);
    const gone = await watch(counted, id, undefined, leaves.signal);
    await gone.done;
    expect(listening).toBe(0);
  });
});
