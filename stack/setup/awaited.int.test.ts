import { readdirSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../contracts/order-saga.js';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.js';
import { createTestNamespace } from '../../tests/support/temporal-namespace.js';
import { awaitedBy } from './migrations.js';

const directory = 'services/payment/prisma/migrations';
const simulatorDirectory = 'services/payment/simulator/prisma/migrations';
let database: TestDatabase;
let simulator: TestDatabase;

beforeAll(async () => {
  [database, simulator] = await Promise.all([createTestDatabase(directory), createTestDatabase(simulatorDirectory)]);
});
afterAll(() => Promise.all([database.drop(), simulator.drop()]));

const worker = () => ({
  SERVICE_NAME: 'payment-service',
  DATABASE_URL: database.url,
  PAYMENT_SIMULATOR_DATABASE_URL: simulator.url,
  TEMPORAL_NAMESPACE: 'default',
});

it('waits for the migrations of its own databases, and for no others', async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  expect(await awaitedBy(worker())).toEqual([]);
  await client.query("DELETE FROM schema_migrations WHERE name = '0001-payments.sql'");
  expect(await awaitedBy(worker())).toEqual(['0001-payments.sql']);
  await client.query('DROP TABLE schema_migrations');
  expect(await awaitedBy(worker())).toEqual(readdirSync(directory).sort());
  await client.end();
});

it('waits for a database that is not there, and says why', async () => {
  const nowhere = { ...worker(), DATABASE_URL: 'postgres://payment@127.0.0.1:1/payment' };
  expect(await awaitedBy(nowhere)).toEqual([expect.stringContaining('ECONNREFUSED')]);
});

it('waits for a namespace, and for what it must know', async () => {
  const { address, namespace } = await createTestNamespace('awaited');
  const gateway = { SERVICE_NAME: 'order-service', TEMPORAL_ADDRESS: address };
  expect(await awaitedBy({ ...gateway, TEMPORAL_NAMESPACE: namespace })).toEqual([]);
  expect(await awaitedBy({ ...gateway, TEMPORAL_NAMESPACE: 'nowhere' })).toEqual([
    expect.stringMatching(/nowhere|not found/i),
  ]);
  expect(await awaitedBy({ ...gateway, TEMPORAL_NAMESPACE: 'temporal-system' })).toEqual(
    Object.keys(SEARCH_ATTRIBUTES),
  );
});

it('waits for nothing where a process has neither', async () => {
  expect(await awaitedBy({ SERVICE_NAME: 'gateway', TEMPORAL_NAMESPACE: 'default' })).toEqual([]);
});
