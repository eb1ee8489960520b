import { afterAll, beforeAll, expect, it } from 'vitest';
import { ourProcesses } from '../../../stack/app/processes.js';
import { openShop, reaches, stockOf, stockedProduct, type Shop } from '../../support/shop.js';
import { placeOrders } from '../support/orders-under-load.js';
import type { Product } from '../support/product.js';

/** What callers wait for has a second instance, as it has wherever it matters. */
const answering = ourProcesses.filter(({ kind }) => kind !== 'worker').map(({ name }) => `deployment/${name}`);

/** One by one, while orders are placed, as each pod of a node goes that is drained. */
export function podsDeleted(running: () => Product): void {
  let shop: Shop;
  const rolledOut = (name: string) => running().kubectl.run('rollout', 'status', name, '--timeout=180s');

  beforeAll(async () => {
    await running().kubectl.run('scale', '--replicas=2', ...answering);
    for (const name of answering) await rolledOut(name);
    shop = await openShop(running().gatewayUrl);
  });
  afterAll(() => running().kubectl.run('scale', '--replicas=1', ...answering));

  it('lose no order, and nobody sees a failure that is not one of the document', async () => {
    const tea = await stockedProduct(shop, { quantity: 10_000 });
    const orders = placeOrders('deleted', shop, tea);
    for (const { name } of ourProcesses) {
      const pods = await running().kubectl.get<{ items: { metadata: { name: string } }[] }>(
        'pods',
        `--selector=app.kubernetes.io/name=${name}`,
      );
      for (const { metadata } of pods.items) {
        await running().kubectl.run('delete', 'pod', metadata.name, '--wait=true');
        await rolledOut(`deployment/${name}`);
      }
    }
    await orders.stop();
    expect(orders.refusals).toEqual([]);
    expect(orders.ids.length).toBeGreaterThan(50);
    for (const id of orders.ids) await reaches(shop.alice, id, 'COMPLETED', 120_000);
    expect(await stockOf(shop, tea)).toEqual({ quantity: 10_000 - orders.ids.length, reserved: 0 });
  });
}
