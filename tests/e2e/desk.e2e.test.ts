import { Client } from 'pg';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { bootPrometheus } from '../support/prometheus.js';
import { server } from '../support/servers.js';
import {
  openShop,
  orderOf,
  placeOrder,
  reaches,
  REVIEWED_PRICE,
  stockOf,
  stockedProduct,
  type Shop,
} from '../support/shop.js';
import { awkwardIn, button, keep, LIMIT_MS, SCRIPT, visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';
import { openBrowser } from '../support/web-ui.js';

const { gatewayUrl, metricsUrls, prometheusPort, temporalNamespace } = inject('app');

let browser: Browser;
let shop: Shop;
beforeAll(async () => {
  [browser, shop] = await Promise.all([openBrowser(), openShop(gatewayUrl)]);
  return () => browser.close();
});
afterAll(() => shop.admin.post('/payments/simulator', { provider: 'up' }));

async function openDesk(email: string): Promise<Page> {
  const page = await visitor(browser);
  await page.goto(`${gatewayUrl}/desk`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill('holdfast-demo');
  await page.locator('form').getByRole('button', { name: 'Log in' }).click();
  return page;
}

/** One that waits for an operator, as its provider is away. */
async function stuckOrder(): Promise<string> {
  await shop.admin.post('/payments/simulator', { provider: 'down' });
  const { body } = await placeOrder(shop.alice, await stockedProduct(shop), { paymentMethod: 'card_provider_down' });
  await waitFor('the order to need attention', async () => (await orderOf(shop.alice, body.id)).needsAttention, {
    timeoutMs: 60_000,
  });
  return body.id;
}

const NOTE = `The provider is back. ${SCRIPT}`;

/** In the dialog, which has the button's name as its title. */
async function confirm(page: Page, act: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: act });
  await dialog.getByLabel('Why').fill(NOTE);
  await dialog.getByRole('button', { name: act }).click();
  await dialog.waitFor({ state: 'detached' });
}

test(
  'a customer who opens the desk is told that it is for operators, and gets nothing',
  async () => {
    const page = await openDesk('alice@example.com');
    await page.getByRole('heading', { name: 'The desk is for operators' }).waitFor();
    expect(await page.locator('.desk').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Desk' }).count()).toBe(0);
    expect(await awkwardIn(page)).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'an order that waits for its provider is retried from the desk, and completes; what was noted stands there as text',
  async () => {
    const id = await stuckOrder();
    const page = await openDesk('admin@example.com');
    await page.getByRole('checkbox', { name: `Choose ${id}` }).check();
    await page.locator('.desk-row', { hasText: id }).getByText('The payment provider does not answer.').waitFor();
    await keep(page, 'desk');
    const findings = await awkwardIn(page);
    await button(page, 'Retry').click();
    findings.push(...(await awkwardIn(page)));
    const dialog = page.getByRole('dialog', { name: 'Retry' });
    await dialog.getByLabel('Why').fill(NOTE);
    // Before the Retry, so that it gets through; and not sooner, or the order would go on by itself.
    await shop.admin.post('/payments/simulator', { provider: 'up' });
    await dialog.getByRole('button', { name: 'Retry' }).click();
    await dialog.waitFor({ state: 'detached' });

    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await page.getByLabel('Order id').fill(id);
    await page.getByLabel('Order id').press('Enter');
    await page.locator('.heading .status[data-status=COMPLETED]').waitFor();
    await page.locator('.happened').getByText(NOTE).waitFor();
    const leadTo = (name: string) => page.getByRole('link', { name }).getAttribute('href');
    expect(await leadTo('Its workflow in Temporal')).toContain(`/workflows/order-${id}`);
    expect(await leadTo('Its trace')).toMatch(/\/traces\/[0-9a-f]{32}$/);
    expect(await leadTo('Its events')).toBe(`http://127.0.0.1:9000/by-key?key=${id}`);
    await page.locator('li', { hasText: /^order-created EMAIL · sent/ }).waitFor();
    await page.locator('.happened').getByText('The payment provider does not answer.').waitFor();
    findings.push(...(await awkwardIn(page)));
    expect(findings).toEqual([]);
    expect(await page.evaluate('typeof hit')).toBe('undefined');
  },
  LIMIT_MS,
);

test(
  'an order that waits for review is approved from the list, and another rejected from its own page',
  async () => {
    const product = await stockedProduct(shop, { price: REVIEWED_PRICE });
    const [approved, rejected] = [await placeOrder(shop.alice, product), await placeOrder(shop.alice, product)].map(
      ({ body }) => body.id,
    ) as [string, string];
    const page = await openDesk('admin@example.com');
    await page.getByRole('checkbox', { name: `Choose ${approved}` }).check();
    await page.locator('.desk-row', { hasText: approved }).getByText('Review', { exact: true }).waitFor();
    const findings = await awkwardIn(page);
    // It waits for nothing that could be tried again.
    expect(await button(page, 'Retry').isDisabled()).toBe(true);
    await button(page, 'Approve').click();
    await confirm(page, 'Approve');
    await reaches(shop.admin, approved, 'COMPLETED');

    await page.locator('.desk-row', { hasText: rejected }).getByRole('link').click();
    await button(page, 'Reject').click();
    await confirm(page, 'Reject');
    await page.locator('.heading .status[data-status=CANCELLED]').waitFor();
    await page.getByText('We could not accept it.').waitFor();
    await page.locator('.happened').getByText(NOTE).waitFor();
    findings.push(...(await awkwardIn(page)));
    expect(findings).toEqual([]);
    expect((await orderOf(shop.alice, rejected)).cancelReason).toBe('REVIEW_REJECTED');

    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    const listed = (id: string) => page.locator(`a[href="/desk/orders/${id}"]`);
    await listed(approved).waitFor();
    await page.getByLabel('Cancelled because').selectOption('REVIEW_REJECTED');
    await listed(approved).waitFor({ state: 'detached' });
    await listed(rejected)
      .getByText(`${rejected.slice(0, 12)} · Customer 1`)
      .waitFor();
    expect(await awkwardIn(page)).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'several orders that wait are given up at once; that of which no answer came is asked again, and no other',
  async () => {
    const ids = [await stuckOrder(), await stuckOrder()];
    const page = await openDesk('admin@example.com');
    for (const id of ids) await page.getByRole('checkbox', { name: `Choose ${id}` }).check();
    expect(await button(page, 'Settled').isDisabled()).toBe(true);
    const asked: string[] = [];
    await page.route('**/give-up', (route) => {
      asked.push(new URL(route.request().url()).pathname.split('/')[2] ?? '');
      return asked.length === 1 ? route.abort() : route.continue();
    });
    await button(page, 'Give up').click();
    const dialog = page.getByRole('dialog', { name: 'Give up' });
    await dialog.getByLabel('Why').fill(NOTE);
    await dialog.getByRole('button', { name: 'Give up' }).click();
    await dialog.getByText('It is not known whether that was done').waitFor();
    await dialog.getByRole('button', { name: 'Give up' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(asked).toEqual([asked[0], asked[1], asked[0]]);
    expect(asked.slice(0, 2).sort()).toEqual(ids.sort());
    await button(page, 'Bring it back').click();
    await page.getByText('Payment provider: up').waitFor();
    for (const id of ids) {
      await page.getByRole('checkbox', { name: `Choose ${id}` }).waitFor({ state: 'detached' });
      expect(await reaches(shop.admin, id, 'CANCELLED')).toMatchObject({ cancelReason: 'OPERATOR_REQUEST' });
    }
  },
  LIMIT_MS,
);

test(
  'a carrier that says nothing is made to speak',
  async () => {
    const { body } = await placeOrder(shop.alice, await stockedProduct(shop), { postalCode: '88888' });
    await reaches(shop.alice, body.id, 'DELIVERY_STARTED');
    const page = await openDesk('admin@example.com');
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await page.locator(`a[href="/desk/orders/${body.id}"]`).click();
    await button(page, 'In transit').click();
    await page.locator('.happened').getByText('In transit').waitFor();
    expect(await awkwardIn(page)).toEqual([]);
    await button(page, 'Delivered').click();
    await page.locator('.heading .status[data-status=COMPLETED]').waitFor();
    await button(page, 'Delivered').waitFor({ state: 'detached' });
  },
  LIMIT_MS,
);

test(
  'a part of what was paid is given back, once, however it is asked for again after a lost answer',
  async () => {
    const { body } = await placeOrder(shop.alice, await stockedProduct(shop));
    await reaches(shop.alice, body.id, 'COMPLETED');
    const page = await openDesk('admin@example.com');
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await page.getByLabel('Status').selectOption('COMPLETED');
    await page.locator(`a[href="/desk/orders/${body.id}"]`).click();
    await button(page, 'Refund').click();
    const dialog = page.getByRole('dialog', { name: 'Refund' });
    await dialog.getByText('at most ₩1,000').waitFor();
    await dialog.getByLabel('Amount in KRW').fill('400');
    await dialog.getByLabel('Why').fill('A scratch.');
    // It is given back, and the answer never comes.
    await page.route('**/refunds', (route) => route.fetch().then(() => route.abort()), { times: 1 });
    await dialog.getByRole('button', { name: 'Refund' }).click();
    await dialog.getByText('It is not known whether that was done').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await button(page, 'Refund').click();
    await dialog.getByLabel('Amount in KRW').fill('400');
    await confirm(page, 'Refund');
    await waitFor('the refund', async () => {
      const { body: payments } = await shop.admin.get<{ items: { refunds: { amount: number }[] }[] }>(
        `/payments?orderId=${body.id}`,
      );
      expect(payments.items[0]?.refunds.length).toBeLessThan(2);
      return payments.items[0]?.refunds[0]?.amount === 400;
    });
  },
  LIMIT_MS,
);

test(
  'a product is added, gets stock, and is hidden from the shop; nobody overwrites what they have not seen',
  async () => {
    const page = await openDesk('admin@example.com');
    const name = `Desk lamp ${String(Date.now())}`;
    await page.getByRole('link', { name: 'Products and stock' }).click();
    await page.getByRole('link', { name: 'Add a product' }).click();
    const findings = await awkwardIn(page);
    for (const [label, text] of [
      ['Name', name],
      ['Category', 'Lamps'],
      ['Price', '45000'],
      ['Description', 'It bends.\nIt is warm.'],
    ] as const)
      await page.getByLabel(label, { exact: true }).fill(text);
    await button(page, 'Save').click();
    const link = page.getByRole('link', { name });
    const href = await link.getAttribute('href');
    const id = Number(href?.split('/').at(-1));
    const quantity = page.getByLabel(`How many of ${name} can be ordered`);
    await quantity.fill('7');
    await button(page, `Set the stock of ${name}`).click();
    expect((await shop.anyone.get(`/products/${id}`)).body).toMatchObject({ description: 'It bends.\nIt is warm.' });
    await waitFor('the stock to be set', async () => (await stockOf(shop, { id })).quantity === 7);
    findings.push(...(await awkwardIn(page)));

    await page.reload();
    await quantity.fill('8');
    await shop.admin.put(`/inventory/${id}`, { quantity: 3 });
    await button(page, `Set the stock of ${name}`).click();
    await page.getByText('It was changed meanwhile').waitFor();
    expect((await stockOf(shop, { id })).quantity).toBe(3);

    await link.click();
    await page.getByLabel('For sale').uncheck();
    await button(page, 'Save').click();
    await page.locator('li', { has: link }).getByText('· hidden').waitFor();
    expect((await shop.anyone.get(`/products/${id}`)).status).toBe(404);
    expect(findings).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'a user is looked up, disabled, which ends their session, enabled again, made an operator and none again',
  async () => {
    const email = `desk-${Date.now()}@example.com`;
    const password = 'a long enough one';
    const { body } = await shop.anyone.post<{ id: number }>('/users', { email, name: SCRIPT, password });
    const user = await shop.anyone.logIn(email, password);
    const page = await openDesk('admin@example.com');
    await page.getByRole('link', { name: 'Users' }).click();
    const find = async (who: string) => {
      await page.getByLabel('E-mail address or user id').fill(who);
      await page.getByLabel('E-mail address or user id').press('Enter');
    };
    await find('nobody@example.com');
    await page.getByText('There is no such user.').waitFor();
    const findings = await awkwardIn(page);
    await find(email.toUpperCase());
    await page.getByText(`${body.id} · ${email}`).waitFor();
    findings.push(...(await awkwardIn(page)));
    await page.getByRole('link', { name: SCRIPT }).click();
    await page.getByRole('heading', { name: SCRIPT }).waitFor();
    findings.push(...(await awkwardIn(page)));
    const may = async (act: string, status: string) => {
      await button(page, act).click();
      findings.push(...(await awkwardIn(page)));
      const dialog = page.getByRole('dialog', { name: act });
      await dialog.getByText(email).waitFor();
      await dialog.getByRole('button', { name: act }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText(status, { exact: true }).waitFor();
    };
    await may('Disable', 'disabled');
    await waitFor('the session to end', async () => (await user.get(`/users/${body.id}`)).status === 401);
    expect((await shop.anyone.post('/sessions', { email, password })).status).toBe(401);
    await may('Enable', 'may log in');
    expect((await shop.anyone.post('/sessions', { email, password })).status).toBe(201);

    await may('Make operator', 'customer, operator');
    const made = await shop.anyone.logIn(email, password);
    expect((await made.get('/users/1')).status).toBe(200);
    await may('Remove operator', 'customer');
    await waitFor('the session to end', async () => (await made.get('/users/1')).status === 401);

    // One's own account is nobody's to disable, nor to take the role from.
    await find('3');
    await page.getByText('admin@example.com').waitFor();
    for (const act of ['Disable', 'Remove operator']) expect(await button(page, act).isDisabled()).toBe(true);
    expect(findings).toEqual([]);
    expect(await page.evaluate('typeof hit')).toBe('undefined');
  },
  LIMIT_MS,
);

test(
  'how it goes is drawn by itself once there is a Prometheus; without one that is said in words',
  async () => {
    const page = await openDesk('admin@example.com');
    await page.getByRole('link', { name: 'Now', exact: true }).click();
    await page.getByText('There are no charts now').waitFor();
    const findings = await awkwardIn(page);

    const { stop } = await bootPrometheus({
      name: `desk-${prometheusPort}`,
      metricsUrls,
      port: prometheusPort,
      rules: { groups: [] },
    });
    onTestFinished(stop);
    const chart = (name: string) => page.locator('.chart', { has: page.getByRole('heading', { name }) });
    await chart('How soon an order is answered').getByText('99 of 100').waitFor();
    // A rate is seen at the second look at a process that has answered orders before.
    await waitFor(
      'an order to be counted',
      async () => {
        const { body } = await placeOrder(shop.alice, await stockedProduct(shop));
        await reaches(shop.alice, body.id, 'COMPLETED');
        return /Delivered\s*0\.\d|Delivered\s*[1-9]/.test((await chart('Orders that ended').textContent()) ?? '');
      },
      { timeoutMs: LIMIT_MS, intervalMs: 2_000 },
    );
    await chart('Orders on their way').getByText('Stock held').waitFor();
    await chart('Circuit breakers')
      .locator('li', { hasText: 'order-service → user-service' })
      .getByText('closed')
      .waitFor();
    expect(await chart('Orders that ended').locator('path[d^=M]').count()).toBeGreaterThan(0);
    findings.push(...(await awkwardIn(page)));
    expect(findings).toEqual([]);
  },
  LIMIT_MS,
);

/** What no way of the API can do to a delivery. */
async function falsify(orderId: string, status: string): Promise<void> {
  const url = new URL(server('POSTGRES_ADMIN_URL'));
  url.pathname = `/${temporalNamespace}_delivery`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query('UPDATE deliveries SET status = $2 WHERE order_id = $1', [orderId, status]);
  await client.end();
}

test(
  'a reconciliation is run from the desk and watched; what it finds stands there in words until it is put right',
  async () => {
    const { body } = await placeOrder(shop.alice, await stockedProduct(shop));
    await reaches(shop.alice, body.id, 'COMPLETED');
    const page = await openDesk('admin@example.com');
    const isAway = (route: Route) => route.fulfill({ status: 502, json: { code: 'reconciliation-unavailable' } });
    await page.route('**/reconciliation', isAway);
    await page.getByRole('link', { name: 'Reconciliation' }).click();
    await page.getByText('Temporal does not answer').waitFor();
    const findings = await awkwardIn(page);
    await page.unroute('**/reconciliation');

    await falsify(body.id, 'IN_TRANSIT');
    const found = page.locator('.finding', { hasText: body.id });
    await button(page, 'Run now').click();
    await page.getByText('One runs since').waitFor();
    expect(await button(page, 'Run now').isDisabled()).toBe(true);
    await page.locator('.counts', { hasText: /Deliveries [1-9]/ }).waitFor();
    findings.push(...(await awkwardIn(page)));
    await found.getByText('The order counts as delivered, and its delivery does not.').waitFor();
    await page.getByText('The last run ended on').waitFor();
    await found.getByText('Somebody has to look').waitFor();
    await page.emulateMedia({ colorScheme: 'light' });
    await keep(page, 'reconciliation');
    findings.push(...(await awkwardIn(page)));
    await page.getByLabel('Language').selectOption('ko');
    await found.getByText('주문은 배송 완료인데 배송은 그렇지 않습니다.').waitFor();
    findings.push(...(await awkwardIn(page)));
    await page.getByLabel('언어').selectOption('en');
    await found.getByRole('link', { name: body.id }).click();
    await page.locator('.heading .status[data-status=COMPLETED]').waitFor();

    await falsify(body.id, 'DELIVERED');
    await page.goBack();
    await button(page, 'Run now').click();
    await found.waitFor({ state: 'detached' });
    expect(findings).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'tried out at the desk, one of a hundred buyers gets the last unit, a declined card is undone, and an order outlasts a provider that is away',
  async () => {
    const page = await openDesk('admin@example.com');
    await page.getByRole('link', { name: 'Try it' }).click();
    const findings = await awkwardIn(page);
    const part = (name: string) => page.locator('.try', { has: page.getByRole('heading', { name }) });
    const ends = (name: string, status: string) => part(name).locator(`.saga[data-status=${status}]`).waitFor();

    const buyers = part('A hundred buyers of the last unit');
    await button(page, 'Send a hundred buyers').click();
    await buyers.getByText('99 are told: insufficient stock').waitFor();
    await buyers.getByText('1 gets it').waitFor();
    await buyers.getByText('0 left').waitFor();
    expect(await buyers.locator('[data-outcome=got]').count()).toBe(1);
    await ends('A hundred buyers', 'COMPLETED');

    await button(page, 'Order with a declined card').click();
    await ends('A declined card', 'CANCELLED');
    await part('A declined card').locator('.saga-step[data-step=charge-payment][data-state=refused]').waitFor();

    await page.clock.install();
    await button(page, 'Take the provider away and order').click();
    await page.getByText('Payment provider: away for one card').waitFor();
    await ends('A provider that is away', 'INVENTORY_RESERVED');
    expect(await button(page, 'Take the provider away and order').isDisabled()).toBe(true);
    findings.push(...(await awkwardIn(page)));
    await page.clock.fastForward('01:00');
    await page.getByText('Payment provider: up').waitFor();
    await ends('A provider that is away', 'COMPLETED');

    // Whoever leaves the page sooner leaves no provider that is away.
    await button(page, 'Take the provider away and order').click();
    await page.getByText('Payment provider: away for one card').waitFor();
    await page.getByRole('link', { name: 'What waits' }).click();
    await page.getByText('Payment provider: up').waitFor();
    await waitFor('the products to be hidden', async () => {
      const { body } = await shop.anyone.get<{ items: object[] }>('/products?category=Try%20it');
      return body.items.length === 0;
    });
    expect(findings).toEqual([]);
  },
  LIMIT_MS,
);
