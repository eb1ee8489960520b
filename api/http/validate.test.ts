import request from 'supertest';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { placeOrderBodySchema } from '../../contracts/http/orders.js';
import { createLogger } from '../../platform/logger.js';
import { createHttpApp } from './app.js';
import type { FieldError } from './problem.js';
import { route } from './route.js';
import { parseBody, parseQuery, unstorableTexts } from './validate.js';

const noToken = () => {
  throw new Error('no operation here looks at a token');
};
const auth = { required: noToken, optional: noToken };
const common = { access: 'without-token' } as const;
const search = { ...common, method: 'get', path: '/things', query: z.strictObject({ q: z.string() }) } as const;

const app = createHttpApp({
  service: 'some-service',
  logger: createLogger({ service: 'some-service', level: 'silent' }),
  readiness: {},
  routers: [
    route({ ...common, method: 'post', path: '/orders' }, { auth }, (req, res) => {
      res.json(parseBody(placeOrderBodySchema, req));
    }),
    route({ ...common, method: 'get', path: '/thing' }, { auth }, (_req, res) => void res.json({})),
    route(search, { auth }, (req, res) => void res.json(parseQuery(search.query, req))),
  ],
});

async function errorsOf(body: unknown): Promise<Record<string, string>> {
  const answer = await request(app).post('/orders').set('Content-Type', 'application/json').send(JSON.stringify(body));
  const problem = answer.body as { detail: string; errors: FieldError[] };
  expect([answer.status, problem.detail]).toEqual([400, 'Invalid request body.']);
  return Object.fromEntries(problem.errors.map(({ path, message }) => [path, message]));
}

describe('an order of one product or of items is told what is wrong with the form that was meant', () => {
  it.each([
    ['one product without a quantity', { productId: 1 }, ['quantity']],
    ['one product with a price', { productId: 1, quantity: 1, price: 1 }, ['price']],
    ['items with a price', { items: [{ productId: 1, quantity: 1 }], price: 1 }, ['price']],
    ['no items', { items: [] }, ['items']],
    ['an item without a quantity', { items: [{ productId: 1 }] }, ['items.0.quantity']],
    ['both', { productId: 1, quantity: 1, items: [{ productId: 1, quantity: 1 }] }, ['items']],
    ['nothing', {}, ['productId', 'quantity']],
  ])('%s', async (_what, body, paths) => {
    expect(Object.keys(await errorsOf(body)).sort()).toEqual(paths);
  });
});

test.each([null, 5, 'order', [[1]]])('%j is JSON, and no object', async (body) => {
  expect((await errorsOf(body))['']).toContain('expected object');
});

test.each(['/thing?verbose=true', '/things?q=a&page=2'])('unknown query parameters are refused: %s', async (path) => {
  const { status, body } = await request(app).get(path);
  expect(status).toBe(400);
  expect((body as { errors: FieldError[] }).errors).toEqual([
    { path: path.includes('things') ? 'page' : 'verbose', message: 'is unknown' },
  ]);
});

describe('unstorableTexts', () => {
  it('finds NULs and lone surrogates wherever they stand', () => {
    expect(
      unstorableTexts({ note: 'a\0b', address: { name: '\ud800' }, lines: [{ name: 'ok' }, { name: '\0' }] }),
    ).toEqual(['note', 'address.name', 'lines.1.name']);
  });

  it('leaves other text alone, in whatever script', () => {
    expect(unstorableTexts({ name: '홍길동 👩‍🚀', empty: '', count: 3, none: null, at: new Date(0) })).toEqual([]);
  });
});
