import request from 'supertest';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import type { Operations } from '../../contracts/http/operation.js';
import { createLogger } from '../../platform/logger.js';
import { createServiceApp } from './app.js';
import type { Authenticator } from './auth.js';
import { handle, reply, type Handlers } from './handle.js';
import { forbidden } from './problem.js';

const common = { service: 'order-service', tag: 'Orders', summary: 'A cup', access: 'anyone' } as const;
const cupSchema = z.object({ name: z.string() });
const operations = {
  getCup: {
    ...common,
    method: 'get',
    path: '/cups/{id}',
    params: z.object({ id: z.string().regex(/^\d+$/).transform(Number) }),
    headers: z.object({ 'Last-Event-ID': z.string().optional() }),
    answers: { 200: { description: 'It.', schema: z.object({ id: z.number(), seen: z.string() }) } },
  },
  getOwnCup: {
    ...common,
    method: 'get',
    path: '/cups/own',
    answers: { 200: { description: 'It.', schema: cupSchema, contentType: 'application/cup+json' } },
  },
  addCup: {
    ...common,
    method: 'post',
    path: '/cups',
    body: z.strictObject({ name: z.string() }),
    answers: { 201: { description: 'It.', schema: cupSchema, headers: z.object({ Location: z.string() }) } },
  },
  drawCup: {
    ...common,
    method: 'get',
    path: '/cups/drawn',
    answers: { 200: { description: 'It.', schema: z.string(), contentType: 'text/html' } },
  },
  breakCup: { ...common, method: 'delete', path: '/cups/{id}', answers: { 204: { description: 'It is broken.' } } },
} as const satisfies Operations;

const getCup = handle(operations.getCup, ({ params: { id }, headers: { 'Last-Event-ID': seen = 'none' } }) => ({
  id,
  seen,
}));
const getOwnCup = handle(operations.getOwnCup, () => ({ name: 'mine' }));
const addCup = handle(operations.addCup, (call) => {
  if (call.req.get('x-stranger') !== undefined) throw forbidden();
  return reply(201, call.body, { Location: `/cups/${call.body.name}` });
});
const drawCup = handle(operations.drawCup, () => '<p>cup</p>');
const breakCup = handle(operations.breakCup, () => undefined);

const pass: Authenticator['optional'] = (_req, _res, next) => next();
const app = createServiceApp(
  'order-service',
  operations,
  { getCup, getOwnCup, addCup, drawCup, breakCup },
  {
    logger: createLogger({ service: 'order-service', level: 'silent' }),
    readiness: {},
    auth: { required: pass, optional: pass } as Authenticator,
  },
);

describe('a handler', () => {
  it('is given what the schemas of its operation make of a request, headers in any case', async () => {
    const { status, body } = await request(app).get('/cups/7').set('LAST-EVENT-ID', '3');
    expect({ status, body }).toEqual({ status: 200, body: { id: 7, seen: '3' } });
    expect((await request(app).get('/cups/x')).status).toBe(400);
  });

  it('has a path in words before one with a parameter, however they are listed', async () => {
    const { body, type } = await request(app)
      .get('/cups/own')
      .buffer()
      .parse((res, done) => {
        let text = '';
        res.on('data', (chunk: Buffer) => (text += chunk.toString()));
        res.on('end', () => done(null, JSON.parse(text)));
      });
    expect({ body, type }).toEqual({ body: { name: 'mine' }, type: 'application/cup+json' });
  });

  it('answers with the status and the headers that it gives, or with those of its operation', async () => {
    const added = await request(app).post('/cups').send({ name: 'blue' });
    expect([added.status, added.headers['location'], added.body]).toEqual([201, '/cups/blue', { name: 'blue' }]);
    const broken = await request(app).delete('/cups/7');
    expect([broken.status, broken.text]).toEqual([204, '']);
  });

  it('answers as its operation says what is no JSON', async () => {
    const { type, text } = await request(app).get('/cups/drawn');
    expect([type, text]).toEqual(['text/html', '<p>cup</p>']);
  });

  it('tells nobody what is wrong with a body before it has asked for it', async () => {
    expect((await request(app).post('/cups').send({})).status).toBe(400);
    expect((await request(app).post('/cups').set('x-stranger', 'yes').send({})).status).toBe(403);
  });

  it('refuses a query where its operation has none', async () => {
    expect((await request(app).get('/cups/own?colour=blue')).status).toBe(400);
  });
});

test('an operation without its own handler, and an answer that it does not have, do not compile', () => {
  // @ts-expect-error One is missing.
  const missing: Handlers<typeof operations> = { getCup, getOwnCup, addCup };
  // @ts-expect-error It is another's.
  const exchanged: Handlers<typeof operations> = { getCup: breakCup, getOwnCup, addCup, breakCup };
  const other = [
    // @ts-expect-error It has no such status.
    handle(operations.addCup, () => reply(202, { name: 'blue' }, { Location: '/cups/blue' })),
    // @ts-expect-error Its header is missing.
    handle(operations.addCup, () => ({ name: 'blue' })),
    // @ts-expect-error Its body has a name.
    handle(operations.getOwnCup, () => ({ colour: 'blue' })),
  ];
  expect([missing, exchanged, ...other]).toHaveLength(5);
});
