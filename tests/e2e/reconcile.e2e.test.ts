import { Connection } from '@temporalio/client';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { workflowIdOf } from '../../contracts/ids.js';
import { scriptFrom, shell } from '../support/document-shell.js';
import { mailsArrive } from '../support/inbox.js';
import { server } from '../support/servers.js';
import { openShop, paymentsOf, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../support/shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject('app').gatewayUrl);
});

const DOCUMENT = 'docs/reconciliation.md';
const run = async (name: string, orderId: string) =>
  shell((await scriptFrom(DOCUMENT, name)).replaceAll('ORDER_ID', orderId));

async function terminate(orderId: string): Promise<void> {
  const connection = await Connection.connect({ address: server('TEMPORAL_ADDRESS') });
  await connection.workflowService.terminateWorkflowExecution({
    namespace: inject('app').temporalNamespace,
    workflowExecution: { workflowId: workflowIdOf(orderId) },
    reason: 'a mistake',
  });
  await connection.close();
}

describe('npm run reconcile', () => {
  it('names an order whose workflow was terminated, undoes it and says so, and then finds nothing', async () => {
    const product = await stockedProduct(shop, { quantity: 5 });
    const { body } = await placeOrder(shop.alice, product, { quantity: 2, postalCode: '88888' });
    await reaches(shop.alice, body.id, 'DELIVERY_STARTED');
    await terminate(body.id);

    const found = new RegExp(`FOUND {2}workflow-gone {2}order ${body.id}: .*; 2 units, 2000 KRW`);
    await expect(run('reconcile', body.id)).rejects.toThrow(found);
    expect(await run('reconcile-repair', body.id)).toMatch(
      new RegExp(`repaired {2}workflow-gone {2}order ${body.id}: .*: is CANCELLED, by undo-${body.id}`),
    );
    expect(await run('reconcile', body.id)).toMatch(/^No finding/m);

    expect(await reaches(shop.alice, body.id, 'CANCELLED')).toMatchObject({ cancelReason: 'OPERATOR_REQUEST' });
    expect(await stockOf(shop, product)).toEqual({ quantity: 5, reserved: 0 });
    expect(await paymentsOf(shop.alice, body.id)).toMatchObject([{ status: 'REFUNDED' }]);
    // Received, paid, started, cancelled.
    expect(await mailsArrive(body.id, 4)).toHaveLength(4);
  }, 180_000);
});
