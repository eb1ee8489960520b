import type { Browser, Page } from 'playwright-core';
import { beforeAll, expect, inject, test } from 'vitest';
import type { Order } from '../../contracts/http/orders.js';
import type { Product } from '../../contracts/http/products.js';
import { openShop, orderOf, stockedProduct, type Shop } from '../support/shop.js';
import {
  awkwardIn,
  button,
  countFigures,
  keep,
  LIMIT_MS,
  order,
  SCRIPT,
  states,
  status,
  visitor as visitorOf,
  type PageFigures,
} from '../support/visitor.js';
import { openBrowser } from '../support/web-ui.js';

const { gatewayUrl } = inject('app');

let browser: Browser;
let shop: Shop;
beforeAll(async () => {
  [browser, shop] = await Promise.all([openBrowser(), openShop(gatewayUrl)]);
  return () => browser.close();
});

const visitor = () => visitorOf(browser);
const goTo = (page: Page, path: string) => page.goto(`${gatewayUrl}${path}`);

const productAt = (id: number) => `${gatewayUrl}/shop/products/${id}`;

test(
  'the first page takes less than 150 kB on the wire',
  async () => {
    const page = await visitor();
    let bytes = 0;
    const sizes: Promise<unknown>[] = [];
    page.on('requestfinished', (request) => {
      if (/\/$|\/assets\//.test(request.url()))
        sizes.push(request.sizes().then(({ responseBodySize }) => (bytes += responseBodySize)));
    });
    await page.goto(gatewayUrl);
    await page.locator('.product h2').first().waitFor();
    await Promise.all(sizes);
    await page.locator('main:not(:has(.stock:not([data-level])))').waitFor();
    await keep(page, 'shop');
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(150_000);
  },
  LIMIT_MS,
);

test(
  "nothing jumps when data comes, on the first page and on an order's; how quick they are is said",
  async () => {
    const { id } = await stockedProduct(shop);
    const page = await visitor();
    const figures = await countFigures(page);
    const shown: Record<string, PageFigures> = {};
    await page.goto(gatewayUrl);
    await page.locator('main:not(:has(.stock:not([data-level]))) .product h2').first().waitFor();
    shown['first page'] = await figures();
    await order(page, productAt(id));
    await status(page, 'COMPLETED');
    shown['ordering'] = await figures();
    await page.reload();
    await status(page, 'COMPLETED');
    await page.locator('[data-part=goods]', { hasText: 'Delivered' }).waitFor();
    shown["an order's page"] = await figures();
    console.log(shown);
    for (const [name, { layoutShift }] of Object.entries(shown)) expect(layoutShift, name).toBeLessThan(0.1);
  },
  LIMIT_MS,
);

test(
  'a product that was never given any stock is sold out',
  async () => {
    const product = { name: 'Tea pot', category: 'Kitchen', price: 1_000, currency: 'KRW' };
    const { body } = await shop.admin.post<Product>('/products', product);
    const page = await visitor();
    await page.goto(productAt(body.id));
    await page.locator('.product-wide .stock[data-level=none]').waitFor();
    expect(await button(page, /^Buy now/).isDisabled()).toBe(true);
  },
  LIMIT_MS,
);

test(
  'three clicks, and the page shows the order to its end',
  async () => {
    const { id } = await stockedProduct(shop);
    const page = await visitor();
    await order(page, productAt(id));
    await status(page, 'COMPLETED');
    expect(await states(page)).toEqual(['done', 'done', 'done', 'done', 'done']);
    await page.locator('[data-part=goods]', { hasText: 'Delivered' }).waitFor();
    expect(await page.title()).toBe('Your order · Holdfast');
    await page.locator('[data-part=money]', { hasText: /₩1,000 charged/ }).waitFor();
  },
  LIMIT_MS,
);

test(
  'a declined card: the page draws what is undone',
  async () => {
    const { id } = await stockedProduct(shop);
    const page = await visitor();
    await order(page, productAt(id), { payment: 'card_declined' });
    await status(page, 'CANCELLED');
    await page.locator('[data-step=release-stock][data-state=undone]').waitFor();
    expect(await states(page)).toEqual(['done', 'done', 'refused', 'waiting', 'waiting']);
    for (const place of ['.notice', '.happened'])
      await page.locator(place).getByText('The card was declined.').waitFor();
    await page.locator('[data-part=goods]', { hasText: 'Back in stock' }).waitFor();
    await keep(page, 'saga');
  },
  LIMIT_MS,
);

test(
  'what is bought at once is ordered alone, and the cart stays as it is',
  async () => {
    const [inCart, wanted] = [await stockedProduct(shop), await stockedProduct(shop)];
    const page = await visitor();
    await page.goto(productAt(inCart.id));
    await page.locator('.product-wide .round').click();
    await order(page, productAt(wanted.id));
    await status(page, 'COMPLETED');
    const { lines } = await orderOf(shop.alice, page.url().split('/').at(-1) ?? '');
    expect(lines.map(({ productId, quantity }) => [productId, quantity])).toEqual([[wanted.id, 1]]);
    await page.getByRole('link', { name: '1 piece in the cart' }).click();
    await page.locator(`.line a[href="/shop/products/${inCart.id}"]`).waitFor();
  },
  LIMIT_MS,
);

test(
  'clicked twice, its answer lost, and loaded anew: one order',
  async () => {
    const { id } = await stockedProduct(shop);
    const page = await visitor();
    const customer = { email: `shop-${id}@example.com`, password: 'a long enough one' };
    await page.goto(productAt(id));
    await button(page, /^Buy now/).click();
    await page.getByRole('link', { name: 'Sign up' }).click();
    await page.getByLabel('Name', { exact: true }).fill(SCRIPT);
    await page.getByLabel('E-mail').fill(customer.email);
    await page.getByLabel('Password').fill(customer.password);
    await button(page, 'Sign up').click();
    for (const [label, text] of [
      ['Street and number', '1 Sejong-daero'],
      ['City', 'Seoul'],
      ['Postal code', '04524'],
    ] as const)
      await page.getByLabel(label, { exact: true }).fill(text);

    // The first is placed, and its answer never comes.
    let sent = 0;
    const reached = new Promise<void>((resolve) => {
      void page.route('**/orders', async (route) => {
        if (route.request().method() !== 'POST' || ++sent > 1) return route.continue();
        await route.fetch();
        resolve();
      });
    });
    await button(page, 'Place order').dblclick();
    await reached;
    await page.reload();
    await status(page, 'COMPLETED');
    expect(sent).toBe(2);

    const buyer = await shop.anyone.logIn(customer.email, customer.password);
    const { body } = await buyer.get<{ items: Order[] }>('/orders');
    expect(body.items.map(({ lines }) => lines.map(({ productId }) => productId))).toEqual([[id]]);
  },
  LIMIT_MS,
);

test(
  'a session outlives a reload, is that of all tabs, and ends in all of them; no script sees what it is made of',
  async () => {
    const page = await visitor();
    await page.goto(`${gatewayUrl}/shop/orders`);
    await button(page, 'Continue as the demo customer').click();
    await button(page, 'Log out').waitFor();
    await page.reload();
    await button(page, 'Log out').waitFor();
    expect(page.url()).toMatch(/\/shop\/orders$/);
    expect(await page.evaluate('document.cookie')).toBe('');
    const stored = await page.evaluate<string>('JSON.stringify(localStorage) + JSON.stringify(sessionStorage)');
    const [cookie] = await page.context().cookies(`${gatewayUrl}/sessions/cookie`);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(stored).not.toContain(cookie?.value);
    expect(stored).not.toMatch(/eyJ/);

    const other = await page.context().newPage();
    await Promise.all([other.goto(`${gatewayUrl}/shop/profile`), page.reload()]);
    await Promise.all([page, other].map((one) => button(one, 'Log out').waitFor()));
    // The first time nobody hears it.
    let asked = 0;
    await page.route('**/sessions/cookie', (route) => (++asked > 1 ? route.continue() : route.abort()));
    const ended = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    await button(page, 'Log out').click();
    await other.getByRole('heading', { name: 'Log in' }).waitFor();
    expect((await ended).status()).toBe(204);
    await page.reload();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.context().cookies(`${gatewayUrl}/sessions/cookie`)).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'a log-in waits for the log-out before it; a cookie of somebody else in place of the own logs nobody in',
  async () => {
    const page = await visitor();
    await page.goto(`${gatewayUrl}/shop/orders`);
    const enter = button(page, 'Continue as the demo customer');
    await enter.click();
    await button(page, 'Log out').waitFor();
    const heard: string[] = [];
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/sessions/cookie', async (route) => {
      if (route.request().method() === 'DELETE') await released;
      heard.push(route.request().method());
      await route.continue();
    });
    await button(page, 'Log out').click();
    await enter.click();
    await page.locator('.demo button:disabled').waitFor();
    release();
    await button(page, 'Log out').waitFor();
    expect(heard).toEqual(['DELETE', 'POST']);

    const { body } = await shop.anyone.post<{ refreshToken: string }>('/sessions', {
      email: 'bob@example.com',
      password: 'holdfast-demo',
    });
    const [cookie] = await page.context().cookies(`${gatewayUrl}/sessions/cookie`);
    await page.context().addCookies([{ ...cookie!, value: body.refreshToken }]);
    await page.reload();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  },
  LIMIT_MS,
);

test(
  'what people write stays text; no page has what axe finds, in either scheme, and none is wider than a phone',
  async () => {
    const { id } = await stockedProduct(shop);
    await shop.admin.patch(`/products/${id}`, { name: SCRIPT, description: SCRIPT });
    const page = await visitor();
    await page.goto(`${gatewayUrl}/shop/login`);
    const findings: unknown[] = [];
    const look = async (path: string, ready: string) => {
      await goTo(page, path);
      await page.locator(ready).first().waitFor();
      findings.push(...(await awkwardIn(page)));
    };
    await look('/shop/login', 'form');
    await look('/shop/signup', 'form');
    await button(page, 'Sign up').waitFor();
    await goTo(page, `/shop/products/${id}`);
    await page.getByText(SCRIPT).first().waitFor();
    await look(`/shop/products/${id}`, '.product-wide:not(.ghost) h1');
    await look('/', '.product h2');
    await page.locator('.product .round:enabled').first().click();
    await look('/shop/cart', '.line .price');
    await goTo(page, `/shop/products/${id}`);
    await button(page, /^Buy now/).click();
    await button(page, 'Continue as the demo customer').click();
    await page.locator('.summary').waitFor();
    await look('/shop/checkout', '.summary .sum strong');
    for (const label of ['Name on the parcel', 'Street and number', 'Apartment, floor (optional)', 'City'])
      await page.getByLabel(label, { exact: true }).fill(SCRIPT);
    await button(page, 'Place order').click();
    await status(page, 'COMPLETED');
    await page.getByText([SCRIPT, SCRIPT, SCRIPT].join(', ')).waitFor();
    await look(new URL(page.url()).pathname, '.happened li');
    await look('/shop/orders', '.orders .status');
    await look('/shop/profile', 'form');
    await look('/shop/nothing', '.empty');
    expect(findings).toEqual([]);
    expect(await page.evaluate('typeof hit')).toBe('undefined');
  },
  LIMIT_MS,
);
