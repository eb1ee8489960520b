import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { workflowIdOf, ORDER_SAGA } from '../contracts/order-saga.js';
import { createLogger } from '../platform/logger.js';
import { createTemporalClient, type TemporalClient, type TemporalSettings } from '../platform/temporal/client.js';
import { newOrder, openOrderDatabase, type OrderDatabase } from '../services/order/testing/order-database.js';
import { createTestNamespace } from '../tests/support/temporal-namespace.js';
import { waitFor } from '../tests/support/wait-for.js';
import type { RunningLoop } from '../platform/loop.js';
import { startSweeper } from './sweeper.js';
import { USUAL_TIMES } from '../workflows/order/testing/usual-times.js';

let database: OrderDatabase;
let settings: TemporalSettings;
let temporal: TemporalClient;
const sweepers: RunningLoop[] = [];
const lines: string[] = [];
const logger = createLogger({ service: 'order-service', level: 'info' }, { write: (line) => void lines.push(line) });

beforeAll(async () => {
  [database, settings] = await Promise.all([openOrderDatabase(), createTestNamespace('sweeper')]);
  temporal = createTemporalClient(settings);
});
afterEach(async () => {
  await Promise.all(sweepers.splice(0).map((sweeper) => sweeper.stop()));
});
afterAll(async () => {
  await temporal.close();
  await database.close();
});

function sweep(client: TemporalClient = temporal, olderThanMs = 0): RunningLoop {
  const { store } = database;
  const workflows = client.client.workflow;
  const sweeper = startSweeper({ store, workflows, times: USUAL_TIMES, logger, everyMs: 50, olderThanMs });
  sweepers.push(sweeper);
  return sweeper;
}

async function place(ageMs = 10_000, fields: Parameters<typeof newOrder>[0] = {}): Promise<string> {
  const order = newOrder(fields);
  await database.store.place(order);
  const createdAt = new Date(Date.now() - ageMs);
  await database.prisma.order.update({ where: { id: order.id }, data: { createdAt } });
  return order.id;
}

const isMarked = async (id: string) =>
  (await database.prisma.order.findUniqueOrThrow({ where: { id } })).workflowStartedAt !== null;
const untilMarked = (id: string) => waitFor('the order to be marked', () => isMarked(id));
const describeOrder = (id: string) => temporal.client.workflow.getHandle(workflowIdOf(id)).describe();

async function runsOf(id: string): Promise<number> {
  const { count } = await temporal.client.workflow.count(`WorkflowId = '${workflowIdOf(id)}'`);
  return count;
}

describe('the sweeper', () => {
  it('starts the workflow of an order that has none, ready to be found', async () => {
    const id = await place();
    sweep();
    await untilMarked(id);
    const { type, status, taskQueue, typedSearchAttributes } = await describeOrder(id);
    expect({ type, status: status.name, taskQueue }).toEqual({
      type: ORDER_SAGA,
      status: 'RUNNING',
      taskQueue: 'order',
    });
    expect(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])).toEqual(
      expect.arrayContaining([
        ['OrderStatus', 'PENDING'],
        ['CustomerId', 1],
        ['ProductIds', ['1', '4']],
        ['OrderTotal', 3_700_000],
        ['NeedsAttention', false],
      ]),
    );
    expect(lines.some((line) => line.includes('order swept') && line.includes(id))).toBe(true);
  });

  it('leaves young orders to the request that placed them', async () => {
    const young = await place(0);
    const old = await place();
    sweep(temporal, 5_000);
    await untilMarked(old);
    expect(await isMarked(young)).toBe(false);
    await expect(describeOrder(young)).rejects.toThrow(/not found/);
  });

  it('gives no order a second workflow, neither a running nor an ended one, nor when there are many sweepers', async () => {
    const [running, ended, fresh] = await Promise.all([place(), place(), place()]);
    const first = sweep();
    await Promise.all([running, ended].map(untilMarked));
    await first.stop();
    await temporal.client.workflow.getHandle(workflowIdOf(ended)).terminate();
    const runs = await Promise.all([running, ended].map(async (id) => (await describeOrder(id)).runId));
    await database.prisma.order.updateMany({ data: { workflowStartedAt: null } });

    for (let count = 0; count < 4; count++) sweep();
    await Promise.all([running, ended, fresh].map(untilMarked));
    expect(await Promise.all([running, ended].map(async (id) => (await describeOrder(id)).runId))).toEqual(runs);
    await waitFor('all to be counted', async () => {
      const counts = await Promise.all([running, ended, fresh].map(runsOf));
      return counts.every((count) => count === 1);
    });
  });

  it('comes to an order behind many that can not be started', async () => {
    const { prisma } = database;
    await prisma.$executeRaw`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$`;
    await prisma.$executeRaw`CREATE TRIGGER refuse BEFORE UPDATE OF workflow_started_at ON orders FOR EACH ROW
      WHEN (OLD.user_id = 666) EXECUTE FUNCTION refuse()`;
    for (let count = 0; count < 45; count++) await place(60_000, { userId: 666 });
    const good = await place();
    const sweeper = sweep();
    await untilMarked(good);
    await sweeper.stop();
    await prisma.$executeRaw`DROP TRIGGER refuse ON orders`;
    await prisma.order.updateMany({ where: { userId: 666 }, data: { workflowStartedAt: new Date() } });
  });

  it('waits for a Temporal that is not there, says so once, and forgets no order', async () => {
    const id = await place();
    const nowhere = createTemporalClient({ ...settings, address: '127.0.0.1:1' });
    lines.length = 0;
    const waiting = sweep(nowhere);
    const waits = () => lines.filter((line) => line.includes('sweeper waits to try again'));
    await waitFor('the sweeper to say that it waits', () => waits().length > 0);
    expect(await isMarked(id)).toBe(false);
    await waiting.stop();
    await nowhere.close();
    expect(waits()).toHaveLength(1);
    sweep();
    await untilMarked(id);
  });
});
