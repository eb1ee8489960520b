import type { Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Page } from '../../contracts/http/common.js';
import type { Product } from '../../contracts/http/products.js';
import { createLogger } from '../../platform/logger.js';
import { openProducts, teaPot } from '../../services/product/testing/open-products.js';
import type { OpenProducts } from '../../services/product/testing/open-products.js';
import { auditedLogger } from '../../tests/support/audited.js';
import { startTokenIssuer } from '../../tests/support/token-issuer.js';
import type { TokenIssuer } from '../../tests/support/token-issuer.js';
import { createAuthenticator } from '../http/auth.js';
import { createProductApp } from './service.js';

const logger = createLogger({ service: 'product-service', level: 'fatal' });
const PROBLEM = 'application/problem+json; charset=utf-8';

let issuer: TokenIssuer;
let open: OpenProducts;
let app: Express;
let admin: string;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  open = await openProducts();
  const auth = createAuthenticator(issuer.authSettings);
  app = createProductApp({ logger, products: open.products, auth, readiness: {} });
  admin = await issuer.bearer(3, 'admin');
});
afterAll(async () => {
  await open.close();
  await issuer.close();
});
beforeEach(() => open.prisma.product.deleteMany());

const pathOf = (id: number) => `/products/${String(id)}`;
const list = async (query: string, authorization?: string): Promise<Page<Product>> => {
  const get = request(app).get(`/products${query}`);
  if (authorization !== undefined) get.set('authorization', authorization);
  return (await get.expect(200)).body as Page<Product>;
};

describe('GET /products', () => {
  test('pages through all of them, newest first, whatever comes in between', async () => {
    for (const name of ['first', 'second', 'third']) await open.products.create({ ...teaPot, name });
    const page = await list('?limit=2');
    expect(page.items.map(({ name }) => name)).toEqual(['third', 'second']);
    await open.products.create({ ...teaPot, name: 'in between' });
    const rest = await list(`?limit=2&cursor=${String(page.nextCursor)}`);
    expect(rest).toMatchObject({ items: [{ name: 'first' }], nextCursor: null });
  });

  test('filters by category and words', async () => {
    const { id } = await open.products.create({ ...teaPot, category: 'Home & Garden' });
    await open.products.create(teaPot);
    expect((await list('?category=Home%20%26%20Garden&q=litre')).items).toEqual([
      { ...teaPot, category: 'Home & Garden', id },
    ]);
  });

  test.each(['CRÈME pot', 'pot%20%20crème', '100%25', '_', 'a%5Cb', "o'clock", '%EC%B0%BB%EC%A3%BC%EC%A0%84%EC%9E%90'])(
    'finds what is written so: %s',
    async (q) => {
      const { id } = await open.products.create({
        ...teaPot,
        name: 'Tea Pot Crème 찻주전자',
        description: "100% cotton, a\\b, _, at tea o'clock",
      });
      await open.products.create({ ...teaPot, name: 'Kettle', description: '100 of them' });
      expect((await list(`?q=${q}`)).items.map((product) => product.id)).toEqual([id]);
    },
  );

  test.each(["' OR '1'='1", "'; DROP TABLE products; --", "x') UNION SELECT 1 --", '%', '\\'])(
    'takes what reads like SQL for text: %s',
    async (words) => {
      const { id } = await open.products.create(teaPot);
      for (const field of ['q', 'category'])
        expect((await list(`?${field}=${encodeURIComponent(words)}`)).items).toEqual([]);
      await request(app)
        .get(`/products/${encodeURIComponent(`${String(id)} ${words}`)}`)
        .expect(400);
      expect((await list('')).items.map((product) => product.id)).toEqual([id]);
    },
  );

  test('shows inactive ones to admins alone', async () => {
    await open.products.create({ ...teaPot, active: false });
    expect((await list('')).items).toEqual([]);
    expect((await list('', await issuer.bearer(1, 'customer'))).items).toEqual([]);
    expect((await list('', admin)).items).toHaveLength(1);
  });

  const forged = Buffer.from(JSON.stringify([new Date().toISOString(), 'x'])).toString('base64url');
  test.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', `cursor=${forged}`, 'q=', 'price=1'])(
    'with ?%s is a 400 problem',
    async (query) => {
      const { body } = await request(app).get(`/products?${query}`).expect(400).expect('content-type', PROBLEM);
      expect(body).toMatchObject({ code: 'bad-request', errors: [{ path: query.split('=')[0] }] });
    },
  );
});

describe('GET /products/{id}', () => {
  test('shows one to anyone, and one that is not active to admins alone', async () => {
    const hidden = await open.products.create({ ...teaPot, active: false });
    await request(app).get(pathOf(hidden.id)).expect(404);
    const byAdmin = request(app).get(pathOf(hidden.id)).set('authorization', admin);
    expect((await byAdmin.expect(200)).body).toEqual({ ...teaPot, id: hidden.id, active: false });
    const { id } = await open.products.create(teaPot);
    const { body } = await request(app).get(pathOf(id)).expect(200);
    expect(body).toEqual({ ...teaPot, id });
  });

  test('is a 404 problem where there is none', async () => {
    await request(app).get('/products/2000000000').expect(404).expect('content-type', PROBLEM);
  });
});

test('GET /categories tells anyone how many there are of each', async () => {
  await open.products.create(teaPot);
  const { body } = await request(app).get('/categories').expect(200);
  expect(body).toEqual({ items: [{ name: 'Kitchen', products: 1 }] });
});

describe('POST /products', () => {
  const fresh = { name: 'Tea pot', category: 'Kitchen', price: 25_000, currency: 'KRW' };

  test('by an admin makes an active product', async () => {
    const post = request(app).post('/products').set('authorization', admin);
    const { body, headers } = await post.send(fresh).expect(201);
    const { id } = body as Product;
    expect(body).toEqual({ ...fresh, id, description: '', active: true });
    expect(headers['location']).toBe(pathOf(id));
    expect(await open.products.find(id)).toMatchObject(body as Product);
  });

  test('by others is refused', async () => {
    await request(app).post('/products').send(fresh).expect(401).expect('content-type', PROBLEM);
    const customer = await issuer.bearer(1, 'customer');
    await request(app).post('/products').set('authorization', customer).send(fresh).expect(403);
    expect(await open.products.list({ withInactive: true }, { limit: 1 })).toEqual([]);
  });

  test.each([
    ['name', { ...fresh, name: ' ' }],
    ['price', { ...fresh, price: -1 }],
    ['price', { ...fresh, price: 0.5 }],
    ['price', { ...fresh, price: 1e15 }],
    ['currency', { ...fresh, currency: 'won' }],
    ['stock', { ...fresh, stock: 3 }],
  ])('with a wrong %s is a 400 problem that names it', async (path, body) => {
    const answer = await request(app).post('/products').set('authorization', admin).send(body).expect(400);
    expect(answer.body).toMatchObject({ errors: [{ path }] });
  });
});

describe('PATCH /products/{id}', () => {
  test('by an admin changes what it names', async () => {
    const { id } = await open.products.create(teaPot);
    const patch = request(app).patch(pathOf(id)).set('authorization', admin);
    const { body } = await patch.send({ price: 26_000, active: false }).expect(200);
    expect(body).toEqual({ ...teaPot, id, price: 26_000, active: false });
  });

  test('by others is refused and changes nothing', async () => {
    const { id } = await open.products.create(teaPot);
    await request(app).patch(pathOf(id)).send({ price: 1 }).expect(401);
    const customer = await issuer.bearer(1, 'customer');
    await request(app).patch(pathOf(id)).set('authorization', customer).send({ price: 1 }).expect(403);
    expect(await open.products.find(id)).toMatchObject({ ...teaPot, id });
  });

  test('of none is a 404 problem, with an unknown field a 400', async () => {
    await request(app).patch('/products/2000000000').set('authorization', admin).send({ price: 1 }).expect(404);
    const { id } = await open.products.create(teaPot);
    await request(app).patch(pathOf(id)).set('authorization', admin).send({ id: 5 }).expect(400);
  });
});

test('who made a product, or changed its price, is written down', async () => {
  const { logger: heard, lines } = auditedLogger('product-service');
  const auth = createAuthenticator(issuer.authSettings);
  const to = createProductApp({
    logger: heard,
    products: open.products,
    auth,
    readiness: {},
  });
  const from = { authorization: admin, 'x-forwarded-for': '198.51.100.7' };
  const { active: _active, ...wanted } = teaPot;
  const made = await request(to).post('/products').set(from).send(wanted).expect(201);
  const { id } = made.body as Product;
  await request(to).patch(pathOf(id)).set(from).send({ price: 1, name: 'Mine' }).expect(200);
  const customer = { ...from, authorization: await issuer.bearer(1, 'customer') };
  await request(to).patch(pathOf(id)).set(customer).send({ price: 1 }).expect(403);
  const by = { actor: 'user:3', subject: `product:${String(id)}`, outcome: 'success', address: '198.51.100.7' };
  const { price, currency } = teaPot;
  expect(lines).toEqual([
    { ...by, audit: 'product_created', request: 'POST /products', price, currency },
    { ...by, audit: 'product_changed', request: `PATCH ${pathOf(id)}`, price: 1, fields: ['name', 'price'] },
    {
      ...by,
      audit: 'authz_fail',
      actor: 'user:1',
      subject: undefined,
      outcome: 'forbidden',
      request: `PATCH ${pathOf(id)}`,
    },
  ]);
});

describe('If-Match', () => {
  const patch = (id: number, price: number, ifMatch?: string) => {
    const sent = request(app).patch(pathOf(id)).set('authorization', admin);
    return (ifMatch === undefined ? sent : sent.set('if-match', ifMatch)).send({ price });
  };
  const etagOf = async (id: number) => String((await request(app).get(pathOf(id)).expect(200)).headers['etag']);

  test('of two admins who saw the same one changes it, and the other is told', async () => {
    const { id } = await open.products.create(teaPot);
    const seen = await etagOf(id);
    await request(app).get(pathOf(id)).set('if-none-match', seen).expect(304);
    const answers = await Promise.all([patch(id, 1, seen), patch(id, 2, seen), patch(id, 3, seen)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    const [done] = answers.filter(({ status }) => status === 200);
    expect(done?.headers['etag']).toBe(await etagOf(id));
    expect(await etagOf(id)).not.toBe(seen);
    expect((await open.products.find(id))?.price).toBe((done?.body as Product).price);
    const refused = answers.find(({ status }) => status === 412);
    expect(refused?.headers['content-type']).toBe(PROBLEM);
    expect(refused?.body).toMatchObject({ code: 'precondition-failed' });
    await patch(id, 4, await etagOf(id)).expect(200);
  });

  test('a change by SQL counts too, and without the header it is as ever', async () => {
    const { id } = await open.products.create(teaPot);
    const seen = await etagOf(id);
    await open.prisma.$executeRaw`UPDATE products SET price = 7 WHERE id = ${id}`;
    await patch(id, 1, seen).expect(412);
    await patch(id, 1).expect(200);
  });

  test.each([
    ['*', 200],
    ['"999999", "1"', 200],
    ['"999999"', 412],
    ['W/"1"', 412],
    ['1', 412],
    ['', 412],
    ['"99999999999999999999"', 412],
  ])('%s of a product that was never changed is %i', async (ifMatch, status) => {
    const { id } = await open.products.create(teaPot);
    await patch(id, 1, ifMatch).expect(status);
    await patch(id + 1_000, 1, ifMatch).expect(404);
  });
});
