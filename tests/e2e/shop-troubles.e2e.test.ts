import type { Browser, Page } from 'playwright-core';
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import type { Order } from '../../contracts/http/orders.js';
import { openShop, reaches, SEOUL, stockedProduct, type Shop } from '../support/shop.js';
import { awkwardIn, button, checkOut, LIMIT_MS, order, states, status, visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';
import { openBrowser } from '../support/web-ui.js';

const { gatewayUrl } = inject('app');

let browser: Browser;
let shop: Shop;
beforeAll(async () => {
  [browser, shop] = await Promise.all([openBrowser(), openShop(gatewayUrl)]);
  return () => browser.close();
});

async function newProduct(): Promise<{ id: number; page: string }> {
  const { id } = await stockedProduct(shop);
  return { id, page: `${gatewayUrl}/shop/products/${id}` };
}

const idOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) ?? '';
const opened = (page: Page) => page.waitForURL(/\/shop\/orders\/ord_/);
const undone = (page: Page) => page.locator('.saga-undo[data-state=undone]');

/** Of this product, by the demo customer. */
async function ordersOf(productId: number): Promise<string[]> {
  const { body } = await shop.alice.get<{ items: Order[] }>('/orders?limit=20');
  return body.items.filter(({ lines }) => lines[0]?.productId === productId).map(({ id }) => id);
}

/** The first order is placed, and its answer comes when it is told to. */
function holdAnswer(page: Page): { placed: Promise<void>; release: () => void } {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const placed = new Promise<void>((resolve) => {
    void page.route(
      '**/orders',
      async (route) => {
        const response = await route.fetch();
        resolve();
        await released;
        // Nobody waits for it where the page was left.
        await route.fulfill({ response }).catch(() => undefined);
      },
      { times: 1 },
    );
  });
  return { placed, release };
}

const PROBLEM = 'application/problem+json';
const GOES_THROUGH = ['done', 'done', 'done', 'done', 'done'];

test.each([
  ['card_insufficient_funds', 'usual', 'CANCELLED', ['done', 'done', 'refused', 'waiting', 'waiting'], 1],
  ['card_lost_answer', 'usual', 'COMPLETED', GOES_THROUGH, 0],
  ['card_flaky', 'usual', 'COMPLETED', GOES_THROUGH, 0],
  ['bank_transfer', 'usual', 'COMPLETED', GOES_THROUGH, 0],
  ['card_ok', '00000', 'CANCELLED', ['done', 'done', 'done', 'refused', 'waiting'], 2],
  ['card_ok', '99999', 'CANCELLED', ['done', 'done', 'done', 'done', 'refused'], 2],
])(
  'what is chosen at the checkout is what is drawn: %s, delivery %s, ends %s',
  async (payment, carrier, end, picture, takenBack) => {
    const page = await visitor(browser);
    await order(page, (await newProduct()).page, { payment, carrier });
    await status(page, end);
    await waitFor('what is undone', async () => (await undone(page).count()) === takenBack);
    expect(await states(page)).toEqual(picture);
  },
  LIMIT_MS,
);

test(
  'a carrier that says nothing: the order waits for it, with nothing that moves where that is not wished for, and can be cancelled',
  async () => {
    const page = await visitor(browser);
    await order(page, (await newProduct()).page, { carrier: '88888' });
    await status(page, 'DELIVERY_STARTED');
    expect(await states(page)).toEqual(['done', 'done', 'done', 'done', 'now']);
    const moving = () => page.evaluate<number>('document.getAnimations().length');
    expect(await moving()).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await moving()).toBe(0);
    await button(page, 'Cancel order').click();
    await status(page, 'CANCELLED');
    await waitFor('all to be undone', async () => (await undone(page).count()) === 3);
  },
  LIMIT_MS,
);

test(
  'an order that is not paid yet says until when it waits, with its goods held, and can be cancelled',
  async () => {
    const page = await visitor(browser);
    await order(page, (await newProduct()).page, { payment: 'bank_transfer_unpaid' });
    const waits = page.getByText('Waiting for your payment until');
    await waits.waitFor();
    expect(await states(page)).toEqual(['done', 'done', 'now', 'waiting', 'waiting']);
    await button(page, 'Cancel order').click();
    await status(page, 'CANCELLED');
    await waits.waitFor({ state: 'detached' });
    for (const said of ['Nothing was charged', 'Back in stock']) await page.getByText(said).waitFor();
  },
  LIMIT_MS,
);

test.each([
  ['Confirm the payment', 'Confirmed.', 'COMPLETED'],
  ['Refuse it', 'Refused: nothing is charged.', 'CANCELLED'],
])(
  'a bank that asks its customer is a page that the order leads to: %s',
  async (answer, said, end) => {
    const page = await visitor(browser);
    await order(page, (await newProduct()).page, { payment: 'card_3ds' });
    await opened(page);
    const orderPage = page.url();
    const findings = await awkwardIn(page);
    await page.getByRole('link', { name: 'Go on to pay' }).click();
    await page.getByRole('heading', { name: 'Your bank asks' }).waitFor();
    findings.push(...(await awkwardIn(page)));
    await button(page, answer).click();
    await page.getByText(said).waitFor();
    await page.getByRole('link', { name: 'Back to the order' }).click();
    expect(page.url()).toBe(orderPage);
    await status(page, end);
    expect(findings).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'without a connection the page of an order says so, and shows how it ended once there is one',
  async () => {
    const page = await visitor(browser);
    await order(page, (await newProduct()).page, { payment: 'card_review' });
    await page.getByText('We look at your order before we charge it').waitFor();
    await page.context().setOffline(true);
    const said = page.getByText(/We try again by ourselves|we connect again by ourselves/).first();
    await said.waitFor();
    const decision = { decision: 'approve', note: 'It is hers.' };
    expect((await shop.admin.post(`/orders/${idOf(page)}/review`, decision)).status).toBe(202);
    await reaches(shop.alice, idOf(page), 'COMPLETED');
    await page.context().setOffline(false);
    await status(page, 'COMPLETED');
    await said.waitFor({ state: 'detached' });
  },
  LIMIT_MS,
);

test(
  'an order that is sent without a connection is placed once there is one',
  async () => {
    const { id, page: product } = await newProduct();
    const page = await visitor(browser);
    await checkOut(page, product);
    await page.context().setOffline(true);
    await button(page, 'Place order').click();
    await page.getByText('No connection. We try again by ourselves.').waitFor();
    await page.context().setOffline(false);
    await status(page, 'COMPLETED');
    expect(await ordersOf(id)).toEqual([idOf(page)]);
  },
  LIMIT_MS,
);

test.each([
  [429, 'Too many requests just now.'],
  [503, 'A part of the shop is away for a moment.'],
])(
  'an order that is answered with %i says why it waits, and is placed once that is over',
  async (refused, why) => {
    const { id, page: product } = await newProduct();
    const page = await visitor(browser);
    await checkOut(page, product);
    let isOver = false;
    await page.route('**/orders', (route) =>
      isOver || route.request().method() !== 'POST'
        ? route.continue()
        : route.fulfill({ status: refused, headers: { 'Retry-After': '1' }, contentType: PROBLEM, body: '{}' }),
    );
    await button(page, 'Place order').click();
    await page.getByText(why).waitFor();
    isOver = true;
    await status(page, 'COMPLETED');
    expect(await ordersOf(id)).toEqual([idOf(page)]);
  },
  LIMIT_MS,
);

test(
  'left by the back button before the answer, and bought again: one order',
  async () => {
    const { id, page: product } = await newProduct();
    const page = await visitor(browser);
    await checkOut(page, product);
    const { placed, release } = holdAnswer(page);
    onTestFinished(release);
    await button(page, 'Place order').click();
    await placed;
    await page.goBack();
    await button(page, /^Buy now/).click();
    await opened(page);
    expect(await ordersOf(id)).toEqual([idOf(page)]);
    // The checkout is over: back leads to the product.
    await page.goBack();
    await button(page, /^Buy now/).waitFor();
  },
  LIMIT_MS,
);

test(
  'checked out in two tabs at once: one order, which both show',
  async () => {
    const { id, page: product } = await newProduct();
    const page = await visitor(browser);
    await checkOut(page, product);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await button(other, 'Place order').waitFor();
    const { placed, release } = holdAnswer(page);
    onTestFinished(release);
    await button(page, 'Place order').click();
    await placed;
    await button(other, 'Place order').click();
    await opened(other);
    release();
    await opened(page);
    expect(page.url()).toBe(other.url());
    expect(await ordersOf(id)).toEqual([idOf(page)]);
  },
  LIMIT_MS,
);

test(
  'a session that ends in mid-order: after a log-in the order is placed, once',
  async () => {
    const { id, page: product } = await newProduct();
    const customer = { email: `session-${id}@example.com`, password: 'a long enough one' };
    const { body: user } = await shop.anyone.post<{ id: number }>('/users', { ...customer, name: 'Jo' });
    const elsewhere = await shop.anyone.logIn(customer.email, customer.password);
    const page = await visitor(browser);
    const logIn = async () => {
      await page.getByLabel('E-mail').fill(customer.email);
      await page.getByLabel('Password').fill(customer.password);
      await page.locator('form').getByRole('button', { name: 'Log in' }).click();
    };
    await page.goto(product);
    await button(page, /^Buy now/).click();
    await logIn();
    await page.getByLabel('Street and number').fill(SEOUL.line1);
    await page.getByLabel('City', { exact: true }).fill(SEOUL.city);
    await page.getByLabel('Postal code').fill(SEOUL.postalCode);

    for (const disabled of [true, false]) await shop.admin.patch(`/users/${user.id}`, { disabled });
    await waitFor('its sessions to end', async () => (await elsewhere.get('/users/me')).status === 401);
    await button(page, 'Place order').click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await logIn();
    await status(page, 'COMPLETED');
    const again = await shop.anyone.logIn(customer.email, customer.password);
    const { body } = await again.get<{ items: Order[] }>('/orders');
    expect(body.items.map(({ id }) => id)).toEqual([idOf(page)]);
  },
  LIMIT_MS,
);

/** As whoever has no mouse: on to what has this name, and it is pressed. */
async function press(page: Page, name: RegExp): Promise<void> {
  const focused = () => page.evaluate<string>('document.activeElement.ariaLabel ?? document.activeElement.textContent');
  for (let steps = 0; !name.test(await focused()); steps++) {
    expect(steps, `there is no way to ${String(name)}`).toBeLessThan(60);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none');
  }
  await page.keyboard.press('Enter');
}

test(
  'an order by the keyboard alone: what has the focus is seen, and a new page begins at what is new',
  async () => {
    const page = await visitor(browser);
    await page.goto((await newProduct()).page);
    await button(page, /^Buy now/).waitFor();
    await page.keyboard.press('Tab');
    await press(page, /^Skip/);
    await press(page, /^Buy now/);
    await button(page, /^Continue as the demo customer/).waitFor();
    await press(page, /^Continue as the demo customer/);
    await button(page, 'Place order').waitFor();
    await press(page, /^Place order/);
    await status(page, 'COMPLETED');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  },
  LIMIT_MS,
);
