import { beforeAll, describe, expect, inject, test } from 'vitest';
import { accessRuleOf, type Access } from '../../contracts/http/operation.js';
import type { Operation } from '../../contracts/http/operation.js';
import { forwardedOperations } from '../../contracts/http/operations.js';
import type { ProblemDocument } from '../../contracts/http/problem.js';

const operations: [string, Operation][] = Object.entries(forwardedOperations);
const those = (wanted: (operation: Operation) => unknown) => operations.filter(([, operation]) => wanted(operation));

const { gatewayUrl, urls } = inject('app');
const tokens: Record<'customer' | 'admin', string> = { customer: '', admin: '' };

beforeAll(async () => {
  for (const [role, email] of [
    ['customer', 'alice@example.com'],
    ['admin', 'admin@example.com'],
  ] as const) {
    const response = await fetch(`${gatewayUrl}/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'holdfast-demo' }),
    });
    tokens[role] = ((await response.json()) as { accessToken: string }).accessToken;
  }
});

interface Call {
  token?: string;
  query?: string;
  type?: string;
  body?: string;
  id?: string;
}

/** No thing has this id, so that nothing is changed. */
const NOBODY = '2000000000';

/** The same answer at the gateway and at the service's own port: the statuses and the problems. */
async function answers({ method, path, service }: Operation, { token, query = '', type, body, id = NOBODY }: Call) {
  return Promise.all(
    [gatewayUrl, urls[service] ?? ''].map(async (base) => {
      const response = await fetch(`${base}${path.replaceAll(/\{\w+\}/g, id)}${query}`, {
        method: method.toUpperCase(),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(type === undefined ? {} : { 'content-type': type }),
        },
        ...(body === undefined ? {} : { body }),
      });
      const problem = (await response.json()) as ProblemDocument;
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(problem).toMatchObject({ status: response.status, type: `/problems/${problem.code}` });
      expect(problem.traceId).toMatch(/^[0-9a-f]{32}$/);
      return { status: response.status, headers: response.headers, problem };
    }),
  );
}

const namesOf = ({ errors = [] }: ProblemDocument) => errors.map(({ path }) => path);

describe('a token', () => {
  test.each(those((operation) => accessRuleOf(operation).token === 'required'))(
    '%s needs one',
    async (_id, operation) => {
      for (const { status, headers, problem } of await answers(operation, {})) {
        expect([status, problem.code]).toEqual([401, 'unauthorized']);
        expect(headers.get('www-authenticate')).toBe('Bearer');
      }
    },
  );

  test.each(those((operation) => accessRuleOf(operation).token !== 'unread'))(
    '%s refuses a bad one',
    async (_id, operation) => {
      for (const { status, headers } of await answers(operation, { token: 'a.b.c' })) {
        expect(status).toBe(401);
        expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      }
    },
  );

  test.each(those((operation) => accessRuleOf(operation).roles?.includes('customer') === false))(
    '%s is not for customers',
    async (_id, operation) => {
      for (const { status, problem } of await answers(operation, { token: tokens.customer }))
        expect([status, problem.code]).toEqual([403, 'forbidden']);
    },
  );
});

const isSigned = (access: Access) => access === 'carrier' || access === 'payment-provider';

// The client's form is RFC 6749's affair, a carrier's and a payment provider's body is signed, and an order is looked for before what is wanted
// of it: these have tests of their own.
const jsonOperations = those(
  ({ body, access, path }) =>
    body !== undefined && access !== 'client' && !isSigned(access) && !path.startsWith('/orders/{id}'),
);

describe('a body', () => {
  const send = (operation: Operation, call: Call) => {
    const { token } = accessRuleOf(operation);
    return answers(operation, { ...(token === 'unread' ? {} : { token: tokens.admin }), ...call });
  };

  test.each(jsonOperations)('of %s is JSON', async (_id, operation) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1'])
      for (const { status } of await send(operation, { type, body: '{}' })) expect(status).toBe(415);
    for (const { status, problem } of await send(operation, { type: 'application/json', body: '{"a":' })) {
      expect(status).toBe(400);
      expect(problem.errors).toEqual([{ path: '', message: 'must be JSON' }]);
    }
  });

  test.each(jsonOperations)('of %s has no field that nobody knows', async (_id, operation) => {
    const body = JSON.stringify({ surprise: 1 });
    for (const { status, problem } of await send(operation, { type: 'application/json', body })) {
      expect(status).toBe(400);
      expect(namesOf(problem)).toContain('surprise');
    }
  });

  test.each(jsonOperations)('of %s is no list, no text, and not over 100 kB', async (_id, operation) => {
    for (const { status } of await send(operation, { type: 'application/json', body: '[]' })) expect(status).toBe(400);
    const body = JSON.stringify({ name: 'x'.repeat(101 * 1024) });
    for (const { status, problem } of await send(operation, { type: 'application/json', body }))
      expect([status, problem.code]).toEqual([413, 'payload-too-large']);
  });
});

describe('a list', () => {
  const another = Buffer.from(JSON.stringify(['2026-01-01', 7])).toString('base64url');

  test.each(those(({ query }) => query?.shape['cursor'] !== undefined))(
    '%s refuses what it can not follow',
    async (_id, operation) => {
      for (const query of [
        'limit=0',
        'limit=101',
        'limit=x',
        'limit=1&limit=2',
        'cursor=x',
        `cursor=${another}`,
        'surprise=1',
      ])
        for (const { status, problem } of await answers(operation, { token: tokens.admin, query: `?${query}` })) {
          expect([query, status]).toEqual([query, 400]);
          expect(namesOf(problem)).toEqual([query.split('=')[0]]);
        }
    },
  );
});

describe('an id', () => {
  const numbered = those(
    ({ params, access }) => params?.safeParse({ id: 'x', productId: 'x' }).success === false && !isSigned(access),
  );

  test.each(numbered)('of %s is a number', async (_id, operation) => {
    for (const id of ['x', '0', '-1', '1.5', '01', '99999999999', '%20'])
      for (const { status } of await answers(operation, { token: tokens.admin, id }))
        expect([id, status]).toEqual([id, 400]);
  });

  test.each(those(({ params, method, body }) => params !== undefined && method === 'get' && body === undefined))(
    '%s of what is not there is 404',
    async (_id, operation) => {
      for (const { status, problem } of await answers(operation, { token: tokens.admin }))
        expect([status, problem.code]).toEqual([404, 'not-found']);
    },
  );
});
