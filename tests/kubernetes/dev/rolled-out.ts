import { beforeAll, expect, inject, it } from 'vitest';
import { KEPT } from '../../../k8s/builds/kept-build.js';
import { runCommand } from '../../../stack/support/run-command.js';
import { openShop, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../../support/shop.js';
import { waitFor } from '../../support/wait-for.js';
import { CHANGED } from '../parts/image-names.js';
import { placeOrders } from '../support/orders-under-load.js';
import { OVERLAY, type Product } from '../support/product.js';

/** As the overlay is upgraded, while orders are placed. The last part: what runs after it is the changed Saga. */
export function rolledOut(running: () => Product): void {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(running().gatewayUrl);
  });

  /** Temporal's command line, where it stands in the cluster. */
  async function temporal<T>(...args: string[]): Promise<T> {
    const command = ['--', 'temporal', ...args, '--output', 'json'];
    return JSON.parse(await running().kubectl.run('exec', 'deployment/temporal-admin-tools', ...command)) as T;
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

  /** `npm run`, as its user types it. */
  function npmRun(script: string, ...args: string[]): Promise<string> {
    return runCommand('npm', ['run', '--silent', script, '--', ...args], { env: running().kubectl.environment });
  }

  it('leaves each order with the build that it began with, and none fails', async () => {
    const tea = await stockedProduct(shop, { quantity: 10_000 });
    const [old = ''] = await builds();
    const orders = placeOrders('rolled', shop, tea);
    const { body: waiting } = await placeOrder(shop.bob, tea, { paymentMethod: 'card_provider_down' });
    await reaches(shop.bob, waiting.id, 'INVENTORY_RESERVED', 60_000);

    // There is no Docker beside the cluster that could be asked for the build.
    const changed = inject('cluster').changedBuild;
    const said = await npmRun('deploy', 'up', CHANGED, OVERLAY, '--build', changed);
    expect(said).toContain(`build ${old} stays beside ${changed}`);
    await waitFor('the changed build', async () => (await builds()).includes(changed), { timeoutMs: 60_000 });
    await npmRun('deploy', 'promote');
    await waitFor('orders of the changed build', async () => (await ordersOf(changed)).length > 10, {
      timeoutMs: 120_000,
      intervalMs: 1_000,
    });
    // It has an order still.
    await npmRun('k8s:builds', 'drop');
    expect(await running().kubectl.run('get', 'deployment', `--selector=${KEPT}`, '--output=name')).not.toBe('');
    expect((await shop.admin.post('/payments/simulator', { provider: 'up' })).status).toBe(200);
    // By now it may have asked for an operator.
    await shop.admin.post(`/orders/${waiting.id}/retry`, { note: 'The provider is back.' });
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
}
