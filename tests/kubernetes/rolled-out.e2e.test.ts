import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openShop, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';
import { CHANGED } from './parts/image-names.js';
import { placeOrders } from './support/orders-under-load.js';
import { applyDev, theProduct, type Product } from './support/product.js';

interface Deployment {
  metadata: object;
  spec: object;
}

/** Those that come into the path of an order, with the Saga's workers. */
const ROLLED = ['gateway', 'order-service', 'order-worker'].map((name) => `deployment/${name}`);
const OLD = 'order-worker-old';

describe('a changed Saga that is rolled out while orders are placed', () => {
  let product: Product;
  let shop: Shop;
  const rolledOut = (name: string) => product.kubectl.run('rollout', 'status', name, '--timeout=300s');

  beforeAll(async () => {
    product = await theProduct();
    shop = await openShop(product.gatewayUrl);
  });
  afterAll(async () => {
    await product.kubectl.run('delete', 'deployment', OLD, '--ignore-not-found');
    await applyDev(product.kubectl);
  });

  /** Temporal's command line, where it stands in the cluster. */
  async function temporal<T>(...args: string[]): Promise<T> {
    const command = ['--', 'temporal', ...args, '--output', 'json'];
    return JSON.parse(await product.kubectl.run('exec', 'deployment/temporal-admin-tools', ...command)) as T;
  }

  async function builds(): Promise<string[]> {
    const { versionSummaries } = await temporal<{ versionSummaries: { BuildID: string }[] }>(
      ...['worker', 'deployment', 'describe', '--name', 'order-worker'],
    );
    return versionSummaries.map(({ BuildID }) => BuildID);
  }

  async function ordersOf(build: string): Promise<string[]> {
    const query = `TemporalWorkerDeploymentVersion = "order-worker:${build}" AND WorkflowType = "orderSaga"`;
    const found = await temporal<{ execution: { workflowId: string } }[]>(
      ...['workflow', 'list', '--query', query, '--limit', '5000'],
    );
    return found.map(({ execution }) => execution.workflowId.replace(/^order-/, ''));
  }

  /** The same workers under another name, so that they stay when the Deployment goes to another image. */
  async function keepBeside(name: string, beside: string): Promise<void> {
    const { spec } = await product.kubectl.get<Deployment>('deployment', name);
    const file = path.join(inject('cluster').dir, `${beside}.json`);
    const copy = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: beside }, spec };
    writeFileSync(file, JSON.stringify(copy));
    await product.kubectl.run('apply', '--server-side', '--filename', file);
    await rolledOut(`deployment/${beside}`);
  }

  it('leaves each order with the build that it began with, and none fails', async () => {
    const tea = await stockedProduct(shop, { quantity: 10_000 });
    const [old = ''] = await builds();
    const orders = placeOrders('rolled', shop, tea);
    const { body: waiting } = await placeOrder(shop.bob, tea, { paymentMethod: 'card_provider_down' });
    await reaches(shop.bob, waiting.id, 'INVENTORY_RESERVED', 60_000);

    await keepBeside('order-worker', OLD);
    await product.kubectl.run('set', 'image', ...ROLLED, `holdfast=${CHANGED}`, `wait-for-setup=${CHANGED}`);
    for (const name of ROLLED) await rolledOut(name);
    const changed = await waitFor('the changed build', async () => (await builds()).find((build) => build !== old), {
      timeoutMs: 60_000,
    });
    const promote = ['node', 'dist/stack/container/main.js', 'roll-out', 'promote', '--build', changed];
    await product.kubectl.run('exec', 'deployment/order-worker', '--container=holdfast', '--', ...promote);
    await waitFor('orders of the changed build', async () => (await ordersOf(changed)).length > 10, {
      timeoutMs: 120_000,
      intervalMs: 1_000,
    });
    await shop.admin.post('/payments/simulator', { provider: 'up' });
    await orders.stop();

    expect(orders.refusals).toEqual([]);
    await reaches(shop.bob, waiting.id, 'COMPLETED', 120_000);
    for (const id of orders.ids) await reaches(shop.alice, id, 'COMPLETED', 120_000);
    expect(await stockOf(shop, tea)).toEqual({ quantity: 9_999 - orders.ids.length, reserved: 0 });

    const [byOld, byChanged] = [await ordersOf(old), await ordersOf(changed)];
    expect(byOld).toContain(waiting.id);
    // The first was placed before and the last after; none was moved from one to the other.
    expect(byOld).toContain(orders.ids[0]);
    expect(byChanged).toContain(orders.ids.at(-1));
    expect(byOld.filter((id) => byChanged.includes(id))).toEqual([]);
    expect(orders.ids.filter((id) => !byOld.includes(id) && !byChanged.includes(id))).toEqual([]);
  });
});
