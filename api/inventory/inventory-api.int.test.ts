import type { Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { openInventory } from '../../services/inventory/testing/open-inventory.js';
import type { OpenInventory } from '../../services/inventory/testing/open-inventory.js';
import { startTokenIssuer } from '../../tests/support/token-issuer.js';
import type { TokenIssuer } from '../../tests/support/token-issuer.js';
import { createAuthenticator } from '../http/auth.js';
import { createInventoryApp } from './app.js';

const logger = createLogger({ service: 'inventory-service', level: 'fatal' });
const PROBLEM = 'application/problem+json; charset=utf-8';

let issuer: TokenIssuer;
let inventory: OpenInventory;
let app: Express;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  inventory = await openInventory(5);
  const auth = createAuthenticator(issuer.authSettings);
  app = createInventoryApp({
    service: 'inventory-service',
    logger,
    stock: inventory.stock,
    auth,
    readiness: { 'signing keys': () => auth.check() },
  });
});
afterAll(async () => {
  await inventory.close();
  await issuer.close();
});

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

  test('stocks a product for the first time', async () => {
    const put = request(app)
      .put(pathOf(77))
      .set('authorization', await issuer.bearer(3, 'admin'));
    const { body } = await put.send({ quantity: 0 }).expect(200);
    expect(body).toEqual({ productId: 77, quantity: 0, reserved: 0 });
    await request(app).get(pathOf(77)).expect(200);
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
