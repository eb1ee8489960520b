import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Order } from '../../contracts/http/orders.js';
import { createKafka } from '../../platform/kafka.js';
import { createLogger } from '../../platform/logger.js';
import { scriptFrom, shell, withVariables } from '../support/document-shell.js';
import { server } from '../support/servers.js';
import { openShop, reaches, type Shop } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

describe('the commands that the documents show', () => {
  let shop: Shop;
  const { gatewayUrl } = inject('app');
  beforeAll(async () => {
    shop = await openShop(gatewayUrl);
  });

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
    const printed = await shell(await scriptFrom('README.md', 'look-inside'));
    expect(printed).toContain(`order-${orderId}`);
    expect(printed).toContain('"shippingAddress"');
  });

  it('README: what an operator asks', async () => {
    const { body } = await shop.alice.get<{ items: Order[] }>('/orders?status=CANCELLED&limit=1');
    const script = withVariables({ ORDER_ID: String(body.items[0]?.id) }, await scriptFrom('README.md', 'ask'));
    const printed = await shell(script);
    expect(printed).toContain(`"step":"cancelled"`);
    expect(printed).toContain('order cancelled');
    expect(printed.match(/"items":/g)).toHaveLength(3);
    for (const late of [/^outbox_waiting_seconds.* [\d.]+$/m, /^notification_consumer_lag.* \d+$/m])
      expect(printed).toMatch(late);
  });

  it('README: what runs, and what it says', async () => {
    // The test's servers belong to nobody's stack: `status` misses them, and says so by its code.
    const script = (await scriptFrom('README.md', 'look-around')).replace('npm run status', 'npm run status || true');
    const printed = await shell(script);
    expect(printed).toMatch(/order-worker[^]*gateway|gateway[^]*order-worker/);
  });

  it('docs/simulators.md: the provider is told to be up', async () => {
    expect(await shell(await scriptFrom('docs/simulators.md', 'simulator'))).toContain('"provider":"up"');
  });

  it('docs/security.md: an admin is made, listed, and is none again', async () => {
    const email = `${randomUUID()}@example.com`;
    await shop.anyone.post('/users', { email, name: 'Someone', password: 'long enough' });
    const printed = await shell((await scriptFrom('docs/security.md', 'users')).replaceAll('EMAIL', email));
    const said = printed.split('\n').filter((line) => line.includes(email));
    expect(said.map((line) => line.split('  ')[2])).toEqual(['customer, admin', 'customer, admin', 'customer']);
  });

  describe('docs/runbook.md', () => {
    const runbook = async (name: string, variables: Record<string, string>) =>
      shell(withVariables(variables, await scriptFrom('docs/runbook.md', name)));

    it('says what would be pruned, and prunes it', async () => {
      const printed = await runbook('runbook-prune', {});
      for (const table of ['outbox_events', 'refresh_tokens', 'ended_sessions', 'notifications']) {
        expect(printed).toMatch(new RegExp(`^\\S+\\.${table}: \\d+ rows from before \\S+ would go`, 'm'));
        expect(printed).toMatch(new RegExp(`^\\S+\\.${table}: \\d+ rows deleted$`, 'm'));
      }
    });

    it('lists dead letters, shows one, and sends it again', async () => {
      const logger = createLogger({ service: 'test', level: 'silent' });
      const kafka = createKafka({ brokers: server('KAFKA_BROKERS').split(','), clientId: 'test', logger });
      const producer = kafka.producer();
      const key = `no-order-${randomUUID()}`;
      await producer.connect();
      await producer.send({ topic: 'order-created', messages: [{ key, value: '{}' }] });
      await producer.disconnect();
      const id = await waitFor('the dead letter', async () => {
        const listed = await shell('npm run --silent dlq -- list');
        return new RegExp(`^(\\S+).* ${key} `, 'm').exec(listed)?.[1];
      });
      const printed = await runbook('runbook-dead-letters', { DEAD_LETTER: id });
      expect(printed).toContain(`id: ${id}`);
      expect(printed).toContain('error: not an event as documented');
      expect(printed).toContain(`${id} sent again to order-created`);
    });
  });
});
