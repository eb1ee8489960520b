import type { Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProductClient } from '../../clients/product-client.js';
import { listen, type Listening } from '../../platform/listen.js';
import { createLogger } from '../../platform/logger.js';
import { openInventory } from '../../services/inventory/testing/open-inventory.js';
import type { OpenInventory } from '../../services/inventory/testing/open-inventory.js';
import { openProducts, teaPot, type OpenProducts } from '../../services/product/testing/open-products.js';
import { auditedLogger } from '../../tests/support/audited.js';
import { startTokenIssuer } from '../../tests/support/token-issuer.js';
import type { TokenIssuer } from '../../tests/support/token-issuer.js';
import { createAuthenticator } from '../http/auth.js';
import { createProductApp } from '../product/service.js';
import { createInventoryApp } from './service.js';
import type { InventoryContext } from './service.js';

const logger = createLogger({ service: 'inventory-service', level: 'fatal' });
const PROBLEM = 'application/problem+json; charset=utf-8';

let issuer: TokenIssuer;
let inventory: OpenInventory;
let catalog: OpenProducts;
let productService: Listening;
let context: InventoryContext;
let app: Express;
let admin: string;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  inventory = await openInventory(5);
  catalog = await openProducts();
  const auth = createAuthenticator(issuer.authSettings);
  productService = await listen(createProductApp({ logger, products: catalog.products, auth, readiness: {} }), {
    host: '127.0.0.1',
    port: 0,
  });
  context = {
    logger,
    stock: inventory.stock,
    products: createProductClient({ urls: [productService.url] }),
    auth,
    readiness: { 'signing keys': () => auth.check() },
  };
  app = createInventoryApp(context);
  admin = await issuer.bearer(3, 'admin');
});
afterAll(async () => {
  await productService.close();
  await catalog.close();
  await inventory.close();
  await issuer.close();
});

const putAsAdmin = (productId: number, to: Express) =>
  request(to).put(pathOf(productId)).set('authorization', admin).send({ quantity: 0 });
const pathOf = (productId: number | string) => `/inventory/${String(productId)}`;

describe('GET /inventory/{productId}', () => {
  test('tells anyone what can be ordered and what is held', async () => {
    const product = await inventory.stocked(5);
    await inventory.stock.reserve({ orderId: inventory.newOrder(), lines: [{ productId: product, quantity: 2 }] });
    const { body } = await request(app).get(pathOf(product)).expect(200);
    expect(body).toEqual({ productId: product, quantity: 3, reserved: 2 });
  });

  test('of a product that was never stocked is a 404 problem', async () => {
    const { body } = await request(app).get(pathOf(3)).expect(404).expect('content-type', PROBLEM);
    expect(body).toMatchObject({ status: 404, code: 'not-found', type: '/problems/not-found' });
  });

  test.each(['zero', '0', '-1', '1.5', '99999999999'])('of %s is a 400 problem that names the field', async (id) => {
    const { body } = await request(app).get(pathOf(id)).expect(400).expect('content-type', PROBLEM);
    expect(body).toMatchObject({ code: 'bad-request', errors: [{ path: 'productId' }] });
  });
});

describe('PUT /inventory/{productId}', () => {
  test('sets what can be ordered; what orders hold stays', async () => {
    const product = await inventory.stocked(5);
    await inventory.stock.reserve({ orderId: inventory.newOrder(), lines: [{ productId: product, quantity: 2 }] });
    const put = request(app)
      .put(pathOf(product))
      .set('authorization', await issuer.bearer(3, 'admin'));
    const { body } = await put.send({ quantity: 40 }).expect(200);
    expect(body).toEqual({ productId: product, quantity: 40, reserved: 2 });
    expect(await inventory.levelOf(product)).toBe('40/2');
  });

  test.each([true, false])('stocks a product for the first time, active: %s', async (active) => {
    const { id } = await catalog.products.create({ ...teaPot, active });
    const { body } = await putAsAdmin(id, app).expect(200);
    expect(body).toEqual({ productId: id, quantity: 0, reserved: 0 });
    await request(app).get(pathOf(id)).expect(200);
  });

  test('of a product that does not exist is a 404 problem and makes no row', async () => {
    await putAsAdmin(888_888, app).expect(404).expect('content-type', PROBLEM);
    await request(app).get(pathOf(888_888)).expect(404);
  });

  test('asks for one that was stocked before of nobody, and of a new one not in vain', async () => {
    const away = createProductClient({ urls: ['http://127.0.0.1:1'] });
    const alone = createInventoryApp({ ...context, products: away });
    const { body } = await putAsAdmin(888_888, alone).expect(503);
    expect(body).toMatchObject({ code: 'service-unavailable' });
    await putAsAdmin(await inventory.stocked(5), alone).expect(200);
  });

  test.each([
    ['nobody', undefined, 401],
    ['a customer', ['customer'], 403],
    ['a service', ['service'], 403],
  ] as const)('by %s is refused and changes nothing', async (_who, roles, status) => {
    const product = await inventory.stocked(5);
    const put = request(app).put(pathOf(product));
    if (roles !== undefined) put.set('authorization', await issuer.bearer(1, ...roles));
    await put.send({ quantity: 40 }).expect(status).expect('content-type', PROBLEM);
    expect(await inventory.levelOf(product)).toBe('5/0');
  });

  test.each([
    {},
    { quantity: -1 },
    { quantity: 1.5 },
    { quantity: '3' },
    { quantity: 1e12 },
    { quantity: 3, reserved: 0 },
  ])('with %j is a 400 problem and changes nothing', async (body) => {
    const product = await inventory.stocked(5);
    const put = request(app)
      .put(pathOf(product))
      .set('authorization', await issuer.bearer(3, 'admin'));
    await put.send(body).expect(400).expect('content-type', PROBLEM);
    expect(await inventory.levelOf(product)).toBe('5/0');
  });
});

test('it is ready when it has what it needs', async () => {
  await request(app).get('/healthz').expect(200);
  await request(app).get('/readyz').expect(200);
});

test('who sets stock is written down', async () => {
  const { logger: heard, lines } = auditedLogger('inventory-service');
  const product = await inventory.stocked(5);
  const to = createInventoryApp({ ...context, logger: heard });
  await request(to)
    .put(pathOf(product))
    .set({ authorization: admin, 'x-forwarded-for': '198.51.100.7' })
    .send({ quantity: 8 })
    .expect(200);
  expect(lines).toEqual([
    {
      audit: 'stock_set',
      actor: 'user:3',
      subject: `product:${String(product)}`,
      outcome: 'success',
      request: `PUT ${pathOf(product)}`,
      address: '198.51.100.7',
      quantity: 8,
    },
  ]);
});

test('stock that orders or another admin have changed since is not overwritten by who says what they saw', async () => {
  const product = await inventory.stocked(5);
  const etag = async () => String((await request(app).get(pathOf(product)).expect(200)).headers['etag']);
  const put = (ifMatch: string, to = product) =>
    request(app).put(pathOf(to)).set({ authorization: admin, 'if-match': ifMatch }).send({ quantity: 9 });
  const seen = await etag();
  await inventory.stock.reserve({ orderId: inventory.newOrder(), lines: [{ productId: product, quantity: 2 }] });
  const refused = await put(seen).expect(412).expect('content-type', PROBLEM);
  expect(refused.body).toMatchObject({ code: 'precondition-failed' });
  const answer = await put(await etag()).expect(200);
  expect(answer.body).toEqual({ productId: product, quantity: 9, reserved: 2 });
  expect(answer.headers['etag']).toBe(await etag());
  await put('*').expect(200);
  // There is nothing that it could follow.
  const { id } = await catalog.products.create(teaPot);
  await inventory.prisma.stockLevel.deleteMany({ where: { productId: id } });
  for (const ifMatch of ['*', '"1"']) await put(ifMatch, id).expect(412);
  await request(app).get(pathOf(id)).expect(404);
});
