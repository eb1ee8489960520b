import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Order } from '../../contracts/http/orders.js';
import { openShop, reaches, type Shop } from '../support/shop.js';
import { server } from '../support/servers.js';

const run = promisify(execFile);

/** The shell blocks of a document that are marked `<!-- test: name -->`, as one script. */
async function scriptFrom(document: string, name: string): Promise<string> {
  const text = await readFile(document, 'utf8');
  const blocks = [...text.matchAll(/<!-- test: ([a-z-]+) -->\n+```sh\n([^]*?)```/g)];
  const script = blocks.filter(([, marked]) => marked === name).map(([, , code]) => code);
  if (script.length === 0) throw new Error(`${document} has no commands marked ${name}`);
  return script.join('\n');
}

describe('the commands that the documents show', () => {
  let shop: Shop;
  const { gatewayUrl, temporalNamespace, urls } = inject('app');
  beforeAll(async () => {
    shop = await openShop(gatewayUrl);
  });

  async function shell(script: string): Promise<string> {
    const { stdout } = await run(
      'bash',
      ['-euo', 'pipefail', '-c', script.replaceAll('http://127.0.0.1:8080', gatewayUrl)],
      {
        env: {
          ...process.env,
          TEMPORAL_ADDRESS: server('TEMPORAL_ADDRESS'),
          TEMPORAL_NAMESPACE: temporalNamespace,
          TEMPORAL_CODEC_ENDPOINT: String(urls['codec-server']),
        },
      },
    );
    return stdout;
  }

  it('README: a first order, and one that undoes itself', async () => {
    const printed = await shell(await scriptFrom('README.md', 'first-order'));
    const ids = [...printed.matchAll(/"id":"(ord_[^"]+)"/g)].map(([, id]) => String(id));
    const first = String(ids[0]);
    await reaches(shop.alice, first, 'COMPLETED');
    const { body } = await shop.alice.get<{ items: Order[] }>('/orders?status=CANCELLED&limit=100');
    expect(
      body.items.some((order) => order.cancelReason === 'PAYMENT_DECLINED' && order.lines[0]?.productId === 1),
    ).toBe(true);
  });

  it('README: how to look inside', async () => {
    const { body } = await shop.alice.get<{ items: Order[] }>('/orders?limit=1');
    const orderId = String(body.items[0]?.id);
    const script = (await scriptFrom('README.md', 'look-inside')).replaceAll('ORDER_ID', orderId);
    const printed = await shell(script);
    expect(printed).toContain(`order-${orderId}`);
    expect(printed).toContain('"shippingAddress"');
  });

  it('docs/simulators.md: the provider is told to be up', async () => {
    expect(await shell(await scriptFrom('docs/simulators.md', 'simulator'))).toContain('"provider":"up"');
  });
});
