import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import type { Order } from '../../contracts/http/orders.js';
import { isFinal } from '../../contracts/order-status.js';
import { ourProcesses } from '../../stack/app/processes.js';
import { scriptFrom, shell } from '../support/document-shell.js';
import { mailsArrive } from '../support/inbox.js';
import { startLoad } from '../support/load.js';
import { openShop, placeOrder, reaches, stockedProduct, stockOf, type Shop } from '../support/shop.js';
import { traceHas } from '../support/trace.js';
import { waitFor } from '../support/wait-for.js';
import { prepareComposed, type Composed } from './composed.js';

/** Problems that tell a caller to send it once more: what it asks is away, or too busy. */
const ASK_AGAIN = [
  ...['service-unavailable', 'pricing-unavailable', 'saga-unavailable', 'database-unavailable', 'user-unavailable'],
  'service-timeout',
];

/** Each is right only after the one before. */
describe('docker compose up', () => {
  let holdfast: Composed;
  let shop: Shop;
  let first: string;

  beforeAll(async () => {
    holdfast = await prepareComposed();
    await holdfast.start().catch(async (error: unknown) => {
      await printLogs();
      throw error;
    });
    // Where the helpers of all tests look.
    process.env['ZIPKIN_URL'] = holdfast.urls['zipkin'];
    process.env['INBOX_URL'] = holdfast.urls['inbox'];
    shop = await openShop(holdfast.gatewayUrl);
  });
  afterAll(() => holdfast.remove());

  const printLogs = async () => {
    console.log(await holdfast.compose('ps', '--all'));
    console.log(await holdfast.compose('logs', '--no-color', '--tail', '40'));
  };
  const showLogs = () => onTestFailed(printLogs);

  it("README's first order goes through, and its declined one undoes itself", async () => {
    showLogs();
    const readme = { urls: holdfast.urls, redisUrl: '', temporalNamespace: 'default', dir: '.holdfast/compose' };
    const printed = await shell(await scriptFrom('README.md', 'first-order'), readme);
    first = String(/"id":"(ord_[^"]+)"/.exec(printed)?.[1]);
    const order = await reaches(shop.alice, first, 'COMPLETED');
    expect(order).toMatchObject({ currency: 'KRW', totalPrice: 3_500_000, userVerified: true });
    const declined = await waitFor('the declined order', async () => {
      const { body } = await shop.alice.get<{ items: Order[] }>('/orders?status=CANCELLED');
      return body.items[0];
    });
    expect(declined.cancelReason).toBe('PAYMENT_DECLINED');
    expect((await stockOf(shop, { id: 1 })).reserved).toBe(0);
  });

  it('its e-mails arrive, and its trace goes through all services', async () => {
    showLogs();
    await mailsArrive(first, 4, 60_000);
    const { body } = await shop.alice.get<{ items: { traceId: string }[] }>(`/orders/${first}/timeline`);
    await traceHas(String(body.items[0]?.traceId), [
      ...['gateway', 'order-service', 'inventory-service', 'payment-service', 'delivery-service'],
      'notification-service',
    ]);
  });

  it('Prometheus reads every process, and has the alerts', async () => {
    showLogs();
    const up = await waitFor('a figure of each process', async () => {
      const answer = await fetch(`${holdfast.urls['prometheus']}/api/v1/query?query=up`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      const values = data.result.map(({ value }) => value[1]);
      return values.length > ourProcesses.length && values.every((value) => value === '1') && values;
    });
    expect(up).toHaveLength(ourProcesses.length + 1);
    const rules = await fetch(`${holdfast.urls['prometheus']}/api/v1/rules?type=alert`);
    expect(await rules.text()).toContain('HoldfastOrdersStandStill');
  });

  it.each(ourProcesses.map(({ name }) => name))(
    '%s runs as nobody in particular, and can write nowhere',
    async (name) => {
      const { Config, HostConfig } = await holdfast.inspect(name);
      expect(Config.User).toBe('1000:1000');
      expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'] });
      expect(HostConfig.SecurityOpt).toContain('no-new-privileges:true');
      expect(HostConfig.Memory).toBeGreaterThan(0);
    },
  );

  it('nothing is published but on this machine', async () => {
    const services = (await holdfast.compose('ps', '--services')).trim().split('\n');
    for (const service of services) {
      const { HostConfig } = await holdfast.inspect(service);
      const addresses = Object.values(HostConfig.PortBindings).flatMap((bindings) => bindings ?? []);
      expect(addresses.every(({ HostIp }) => HostIp === '127.0.0.1')).toBe(true);
    }
  });

  it('SIGTERM of each container under load loses no order, and ends each with 0', async () => {
    showLogs();
    const product = await stockedProduct(shop, { quantity: 10_000 });
    const answers: { status: number; code: string | undefined }[] = [];
    // A customer who asks again with the same key until there is an answer that decides.
    const load = startLoad({ everyMs: 500, atMost: 4 }, (number) =>
      waitFor(
        `order ${number}`,
        async () => {
          const { status, body } = await placeOrder(shop.alice, product, { key: `compose-load-${number}` });
          answers.push({ status, code: body.code });
          return status < 300 && body.id;
        },
        { timeoutMs: 90_000, intervalMs: 250 },
      ),
    );
    const ended: Record<string, number> = {};
    const names = ourProcesses.map(({ name }) => name);
    while (names.length > 0) {
      const some = names.splice(0, 3);
      await holdfast.compose('stop', ...some);
      for (const name of some) ended[name] = (await holdfast.inspect(name)).State.ExitCode;
      await holdfast.compose('up', '--detach', '--no-deps', '--wait', ...some);
    }
    const placed = await load.stop();

    expect(ended).toEqual(Object.fromEntries(ourProcesses.map(({ name }) => [name, 0])));
    expect(placed.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(placed.length).toBeGreaterThan(20);
    // Each answer was held against the API's document. That one is lost is not among what stopping may cost.
    const failures = answers.filter(({ status }) => status >= 500).map(({ code }) => String(code));
    expect(failures.filter((code) => !ASK_AGAIN.includes(code))).toEqual([]);
    for (const { answer } of placed) await reaches(shop.alice, String(answer), 'COMPLETED', 60_000);
    expect(await stockOf(shop, product)).toEqual({ quantity: 10_000 - placed.length, reserved: 0 });
  });

  it('a restart of everything in the middle of an order finishes it', async () => {
    showLogs();
    const product = await stockedProduct(shop);
    const { body: order } = await placeOrder(shop.alice, product, { paymentMethod: 'card_provider_down' });
    await reaches(shop.alice, order.id, 'INVENTORY_RESERVED');
    await holdfast.restart();
    shop = await openShop(holdfast.gatewayUrl);
    await reaches(shop.alice, order.id, 'INVENTORY_RESERVED');
    expect((await shop.admin.post('/payments/simulator', { provider: 'up' })).status).toBe(200);
    await reaches(shop.alice, order.id, 'COMPLETED', 60_000);
    expect(await stockOf(shop, product)).toEqual({ quantity: 9, reserved: 0 });
  });

  it('down and up again: every order is there, and the next one goes through', async () => {
    showLogs();
    const before = await shop.alice.get<{ items: Order[] }>('/orders?limit=100');
    await holdfast.compose('--profile', 'observability', 'down');
    await holdfast.up();
    shop = await openShop(holdfast.gatewayUrl);
    const after = await shop.alice.get<{ items: Order[] }>('/orders?limit=100');
    expect(after.body.items.map(({ id }) => id)).toEqual(before.body.items.map(({ id }) => id));
    expect(after.body.items.every(({ status }) => isFinal(status))).toBe(true);
    const { body: order } = await placeOrder(shop.alice, await stockedProduct(shop));
    await reaches(shop.alice, order.id, 'COMPLETED');
  });

  it('operators find their commands: nothing is unaccounted for, there are no dead letters, and orders are listed decrypted', async () => {
    showLogs();
    expect(await holdfast.compose('run', '--rm', '--no-deps', 'reconcile', '--json')).toContain('"counts"');
    await holdfast.compose('run', '--rm', '--no-deps', 'dlq', 'list');
    const shown = await holdfast.compose(
      'run',
      '--rm',
      '--no-deps',
      'temporal-cli',
      'workflow',
      'query',
      '--workflow-id',
      `order-${first}`,
      '--type',
      'order',
    );
    expect(shown).toContain('shippingAddress');
  });

  it.each([
    ['order-worker', 'prune-orders', 'outbox_events'],
    ['user-service', 'prune-users', 'refresh_tokens'],
    ['payment-worker', 'prune-payments', 'provider_events'],
    ['notification-service', 'prune-notifications', 'notifications'],
  ])('%s: %s shows what its service would delete, and deletes it', async (service, command, table) => {
    showLogs();
    const run = (...args: string[]) =>
      holdfast.compose('exec', '-T', service, 'node', 'dist/stack/container/main.js', command, ...args);
    expect(await run()).toContain(table);
    expect(await run('--now')).toContain(table);
  });

  it('users says who is an admin', async () => {
    showLogs();
    const list = ['exec', '-T', 'user-service', 'node', 'dist/stack/container/main.js', 'users', 'list'];
    expect(await holdfast.compose(...list)).toContain('admin@example.com  customer, admin');
  });
});
