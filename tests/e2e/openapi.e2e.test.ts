import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { forwardedOperations } from '../../contracts/http/operations.js';
import { internalOperations, type Session } from '../../contracts/http/sessions.js';
import type { ProblemDocument } from '../../contracts/http/problem.js';
import { clientSecretName } from '../../stack/app/secrets.js';
import { webhookHeaders } from '../../services/payment/simulator/provider-events.js';
import { signMessage } from '../../platform/signed-message.js';
import type { CarrierKeys } from '../../services/delivery/carrier.js';
import { ApiDocument } from '../support/api-document.js';
import {
  SEOUL,
  openShop,
  orderOf,
  placeOrder,
  reaches,
  REVIEWED_PRICE,
  stockedProduct,
  type Shop,
} from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

/** Each call is sent by `Api`, which holds its answer against the document; here it is only said what is to come. */
interface Call {
  operation: string;
  as?: keyof Shop;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  status: number;
  code?: string;
}

const app = inject('app');
const secrets = JSON.parse(readFileSync(path.join(app.dir, 'app-secrets.json'), 'utf8')) as Record<string, string>;
const document = await ApiDocument.of(app.gatewayUrl);
const shop = await openShop(app.gatewayUrl);

const product = await stockedProduct(shop, { quantity: 100 });
// Three that will wait for an operator, one for each thing that an operator can do.
await shop.admin.post('/payments/simulator', { provider: 'down' });
afterAll(() => shop.admin.post('/payments/simulator', { provider: 'up' }));
const stuck = await Promise.all(
  [1, 2, 3].map(() => placeOrder(shop.alice, product, { paymentMethod: 'card_provider_down' })),
);
const { body: placed } = await placeOrder(shop.alice, product);
const order = await reaches(shop.alice, placed.id, 'COMPLETED');
// Stays with the carrier until a signed event comes.
const { body: waiting } = await placeOrder(shop.alice, product, { postalCode: '88888' });
const { deliveryId = '' } = await reaches(shop.alice, waiting.id, 'DELIVERY_STARTED');
const { body: toReview } = await placeOrder(shop.alice, await stockedProduct(shop, { price: REVIEWED_PRICE }));
const { body: toCancel } = await placeOrder(shop.alice, product, { postalCode: '88888' });
await reaches(shop.alice, toCancel.id, 'DELIVERY_STARTED');
const [toRetry = '', toGiveUp = '', toSettle = ''] = await Promise.all(
  stuck.map(({ body }) =>
    waitFor(
      `${body.id} to need attention`,
      async () => ((await orderOf(shop.alice, body.id)).needsAttention ? body.id : undefined),
      { timeoutMs: 60_000 },
    ),
  ),
);
const { body: toConfirm } = await placeOrder(shop.alice, product, { paymentMethod: 'card_3ds' });
const unpaid = await waitFor('its bank to be asked', async () => (await orderOf(shop.alice, toConfirm.id)).payment);
const challengeId = ('nextAction' in unpaid && unpaid.nextAction?.url.split('/').at(-1)) || '';
const carol = { email: `carol-${Date.now()}@example.com`, name: 'Carol', password: 'correct horse' };
const { body: session } = await shop.anyone.post<Session>('/sessions', {
  email: 'bob@example.com',
  password: 'holdfast-demo',
});
const fromScript = { 'x-requested-with': 'fetch' };
const { headers: entered } = await shop.anyone.post(
  '/sessions/cookie',
  { email: 'bob@example.com', password: 'holdfast-demo' },
  fromScript,
);
const [cookie = ''] = (entered.get('set-cookie') ?? '').split(';');

const newOrder = { productId: product.id, quantity: 1, shippingAddress: SEOUL };
const newProduct = { name: 'Cup', description: '', category: 'Kitchen', price: 900, currency: 'KRW', active: true };
const report = { deliveryId, status: 'in_transit', at: new Date().toISOString() };
const [[keyId, { secret: key }] = ['', { secret: '' }]] = Object.entries(
  JSON.parse(secrets['CARRIER_KEYS'] ?? '{}') as CarrierKeys,
);
const signed = (body: unknown) => ({
  'x-carrier-signature': signMessage({ body: JSON.stringify(body), key, kid: keyId, at: new Date() }),
});
const news = { id: `${order.id}:tried`, type: 'charge.succeeded', chargeKey: order.id };
const [[webhookKid, webhookKey] = ['', { secret: '' }]] = Object.entries(
  JSON.parse(secrets['PAYMENT_WEBHOOK_KEYS'] ?? '{}') as Record<string, { secret: string }>,
);
const signedNews = webhookHeaders(JSON.stringify(news), { kid: webhookKid, key: webhookKey.secret });
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});
const grant = (type: string) => new URLSearchParams({ grant_type: type });
const client = basic('order-service', secrets[clientSecretName('order-service')] ?? '');
const note = { note: 'tried by a test' };
const refund = { amount: 1, reason: 'tried by a test' };

// prettier-ignore
const CALLS: Call[] = [
  { operation: 'placeOrder', as: 'alice', path: '/orders', body: newOrder, status: 201 },
  { operation: 'placeOrder', as: 'alice', path: '/orders', body: newOrder, headers: { prefer: 'respond-async' }, status: 202 },
  { operation: 'placeOrder', path: '/orders', body: newOrder, status: 401, code: 'unauthorized' },
  { operation: 'placeOrder', as: 'alice', path: '/orders', body: { ...newOrder, userId: 2 }, status: 403, code: 'forbidden' },
  { operation: 'placeOrder', as: 'alice', path: '/orders', body: { ...newOrder, quantity: 9999 }, status: 409, code: 'insufficient-stock' },
  { operation: 'placeOrder', as: 'alice', path: '/orders', body: { ...newOrder, productId: 2_000_000_000 }, status: 422, code: 'unknown-product' },
  { operation: 'placeOrder', as: 'admin', path: '/orders', body: { ...newOrder, userId: 2_000_000_000 }, status: 422, code: 'unknown-user' },
  { operation: 'placeOrder', as: 'alice', path: '/orders', body: { note: 'x'.repeat(102_401) }, status: 413, code: 'payload-too-large' },
  { operation: 'listOrders', as: 'alice', path: '/orders?limit=2&status=COMPLETED&needsAttention=false&userId=1', status: 200 },
  { operation: 'listOrders', as: 'bob', path: '/orders?userId=1', status: 403, code: 'forbidden' },
  { operation: 'getOrder', as: 'alice', path: `/orders/${order.id}`, status: 200 },
  { operation: 'getOrder', as: 'bob', path: `/orders/${order.id}`, status: 404, code: 'not-found' },
  { operation: 'getOrder', path: `/orders/${order.id}`, status: 401, code: 'unauthorized' },
  { operation: 'watchOrder', as: 'alice', path: `/orders/${order.id}/events`, status: 200 },
  { operation: 'watchOrder', as: 'bob', path: `/orders/${order.id}/events`, status: 404, code: 'not-found' },
  { operation: 'cancelOrder', as: 'bob', path: `/orders/${order.id}/cancel`, body: note, status: 404, code: 'not-found' },
  { operation: 'cancelOrder', as: 'alice', path: `/orders/${order.id}/cancel`, body: note, status: 409, code: 'not-cancellable' },
  { operation: 'refundOrder', as: 'admin', path: `/orders/${order.id}/refunds`, body: refund, headers: { 'idempotency-key': 'a' }, status: 201 },
  { operation: 'refundOrder', as: 'admin', path: `/orders/${order.id}/refunds`, body: { ...refund, amount: 2 }, headers: { 'idempotency-key': 'a' }, status: 422, code: 'idempotency-key-reuse' },
  { operation: 'refundOrder', as: 'admin', path: `/orders/${order.id}/refunds`, body: { ...refund, amount: 1_000_000 }, headers: { 'idempotency-key': 'b' }, status: 409, code: 'refund-too-much' },
  { operation: 'refundOrder', as: 'admin', path: `/orders/${waiting.id}/refunds`, body: { lines: [{ productId: product.id, quantity: 1 }], reason: 'tried by a test', restock: true }, headers: { 'idempotency-key': 'c' }, status: 409, code: 'restock-too-much' },
  { operation: 'refundOrder', as: 'admin', path: `/orders/${order.id}/refunds`, body: refund, status: 400, code: 'bad-request' },
  { operation: 'refundOrder', as: 'alice', path: `/orders/${order.id}/refunds`, body: refund, headers: { 'idempotency-key': 'a' }, status: 403, code: 'forbidden' },

  { operation: 'getTimeline', as: 'alice', path: `/orders/${order.id}/timeline`, status: 200 },
  { operation: 'getTimeline', as: 'bob', path: `/orders/${order.id}/timeline`, status: 404, code: 'not-found' },
  { operation: 'retryOrder', as: 'admin', path: `/orders/${toRetry}/retry`, body: note, status: 202 },
  { operation: 'retryOrder', as: 'alice', path: `/orders/${toRetry}/retry`, body: note, status: 403, code: 'forbidden' },
  { operation: 'retryOrder', as: 'admin', path: `/orders/${order.id}/retry`, body: note, status: 409, code: 'attention-not-needed' },
  { operation: 'settleOrder', as: 'admin', path: `/orders/${toSettle}/settled`, body: note, status: 202 },
  { operation: 'reviewOrder', as: 'admin', path: `/orders/${toReview.id}/review`, body: { ...note, decision: 'reject' }, status: 202 },
  { operation: 'reviewOrder', as: 'alice', path: `/orders/${toReview.id}/review`, body: { ...note, decision: 'approve' }, status: 403, code: 'forbidden' },
  { operation: 'reviewOrder', as: 'admin', path: `/orders/${order.id}/review`, body: { ...note, decision: 'approve' }, status: 409, code: 'review-not-needed' },
  { operation: 'listOrders', as: 'admin', path: '/orders?review=WAITING', status: 200 },
  { operation: 'getDashboard', as: 'alice', path: '/dashboard', status: 403, code: 'forbidden' },
  { operation: 'getReconciliation', as: 'admin', path: '/reconciliation', status: 200 },
  { operation: 'getReconciliation', as: 'alice', path: '/reconciliation', status: 403, code: 'forbidden' },
  { operation: 'runReconciliation', as: 'admin', path: '/reconciliation', status: 202 },
  { operation: 'runReconciliation', as: 'alice', path: '/reconciliation', status: 403, code: 'forbidden' },
  { operation: 'giveUpOrder', as: 'admin', path: `/orders/${toGiveUp}/give-up`, body: note, status: 202 },

  { operation: 'listProducts', path: '/products?category=Kitchen&q=pot&limit=2', status: 200 },
  { operation: 'getProduct', path: '/products/1', status: 200 },
  { operation: 'getProduct', path: '/products/2000000000', status: 404, code: 'not-found' },
  { operation: 'listCategories', path: '/categories', status: 200 },
  { operation: 'createProduct', as: 'admin', path: '/products', body: newProduct, status: 201 },
  { operation: 'createProduct', as: 'alice', path: '/products', body: newProduct, status: 403, code: 'forbidden' },
  { operation: 'changeProduct', as: 'admin', path: `/products/${product.id}`, body: newProduct, status: 200 },
  { operation: 'changeProduct', as: 'admin', path: '/products/2000000000', body: { price: 1 }, status: 404, code: 'not-found' },

  { operation: 'getStock', path: `/inventory/${product.id}`, status: 200 },
  { operation: 'getStock', path: '/inventory/2000000000', status: 404, code: 'not-found' },
  { operation: 'setStock', as: 'admin', path: `/inventory/${product.id}`, body: { quantity: 50 }, status: 200 },
  { operation: 'setStock', as: 'bob', path: `/inventory/${product.id}`, body: { quantity: 50 }, status: 403, code: 'forbidden' },

  { operation: 'listPayments', as: 'alice', path: `/payments?orderId=${order.id}`, status: 200 },
  { operation: 'getPayment', as: 'alice', path: `/payments/${order.paymentId}`, status: 200 },
  { operation: 'getPayment', as: 'bob', path: `/payments/${order.paymentId}`, status: 404, code: 'not-found' },
  { operation: 'reportPayment', path: '/payments/webhooks/simulated', body: news, headers: signedNews, status: 200 },
  { operation: 'reportPayment', path: '/payments/webhooks/simulated', body: news, status: 401, code: 'unauthorized' },
  { operation: 'reportPayment', path: '/payments/webhooks/other', body: news, headers: signedNews, status: 404, code: 'not-found' },
  { operation: 'getSimulator', as: 'admin', path: '/payments/simulator', status: 200 },
  { operation: 'getChallenge', path: `/payments/simulator/challenges/${challengeId}`, status: 200 },
  { operation: 'getChallenge', path: '/payments/simulator/challenges/ch_none', status: 404, code: 'not-found' },
  { operation: 'answerChallenge', path: `/payments/simulator/challenges/${challengeId}`, body: { decision: 'refuse' }, status: 200 },
  { operation: 'answerChallenge', path: '/payments/simulator/challenges/ch_none', body: { decision: 'refuse' }, status: 404, code: 'not-found' },
  { operation: 'setSimulator', as: 'admin', path: '/payments/simulator', body: { provider: 'up' }, status: 200 },
  { operation: 'setSimulator', as: 'alice', path: '/payments/simulator', body: { provider: 'up' }, status: 403, code: 'forbidden' },

  { operation: 'listDeliveries', as: 'alice', path: `/deliveries?orderId=${order.id}`, status: 200 },
  { operation: 'getDelivery', as: 'alice', path: `/deliveries/${order.deliveryId}`, status: 200 },
  { operation: 'getDelivery', as: 'bob', path: `/deliveries/${order.deliveryId}`, status: 404, code: 'not-found' },
  { operation: 'reportDelivery', path: `/deliveries/${deliveryId}/events`, body: report, headers: signed(report), status: 202 },
  { operation: 'reportDelivery', path: `/deliveries/${deliveryId}/events`, body: report, status: 401, code: 'unauthorized' },
  { operation: 'simulateReport', as: 'admin', path: `/deliveries/${deliveryId}/simulated-events`, body: { status: 'in_transit' }, status: 202 },
  { operation: 'simulateReport', as: 'alice', path: `/deliveries/${deliveryId}/simulated-events`, body: { status: 'delivered' }, status: 403, code: 'forbidden' },
  { operation: 'cancelOrder', as: 'alice', path: `/orders/${waiting.id}/cancel`, body: note, status: 409, code: 'not-cancellable' },

  { operation: 'listNotifications', as: 'alice', path: `/notifications?userId=1&orderId=${order.id}`, status: 200 },
  { operation: 'listNotifications', as: 'bob', path: '/notifications?userId=1', status: 403, code: 'forbidden' },

  { operation: 'signUp', path: '/users', body: { ...carol, phone: '+82 10 1234 5678', address: SEOUL }, status: 201 },
  { operation: 'signUp', path: '/users', body: carol, status: 409, code: 'email-taken' },
  { operation: 'listUsers', as: 'admin', path: '/users?email=Alice@example.com&limit=1', status: 200 },
  { operation: 'listUsers', as: 'alice', path: '/users', status: 403, code: 'forbidden' },
  { operation: 'getUser', as: 'alice', path: '/users/1', status: 200 },
  { operation: 'getUser', as: 'bob', path: '/users/1', status: 403, code: 'forbidden' },
  { operation: 'getUser', as: 'admin', path: '/users/2000000000', status: 404, code: 'not-found' },
  { operation: 'getOwnUser', as: 'alice', path: '/users/me', status: 200 },
  { operation: 'getOwnUser', path: '/users/me', status: 401, code: 'unauthorized' },
  { operation: 'changeUser', as: 'bob', path: '/users/2', body: { name: 'Bob', phone: null }, status: 200 },
  { operation: 'changeUser', as: 'bob', path: '/users/1', body: { name: 'Bob' }, status: 403, code: 'forbidden' },
  { operation: 'changeUser', as: 'bob', path: '/users/2', body: { disabled: true }, status: 403, code: 'forbidden' },
  { operation: 'changeUser', as: 'bob', path: '/users/2', body: { admin: true }, status: 403, code: 'forbidden' },
  { operation: 'changeUser', as: 'admin', path: '/users/2', body: { admin: false }, status: 200 },
  { operation: 'validateUser', as: 'admin', path: '/users/1/validation', status: 200 },
  { operation: 'validateUser', as: 'alice', path: '/users/1/validation', status: 403, code: 'forbidden' },
  { operation: 'logIn', path: '/sessions', body: { email: carol.email, password: carol.password }, status: 201 },
  { operation: 'logIn', path: '/sessions', body: { email: carol.email, password: 'wrong' }, status: 401, code: 'unauthorized' },
  { operation: 'refreshSession', path: '/sessions/refresh', body: { refreshToken: session.refreshToken }, status: 200 },
  { operation: 'refreshSession', path: '/sessions/refresh', body: { refreshToken: 'unknown' }, status: 401, code: 'unauthorized' },
  { operation: 'endSession', path: '/sessions', body: { refreshToken: session.refreshToken }, status: 204 },
  { operation: 'logInBrowser', path: '/sessions/cookie', body: { email: carol.email, password: carol.password }, headers: fromScript, status: 201 },
  { operation: 'logInBrowser', path: '/sessions/cookie', body: { email: carol.email, password: 'wrong' }, headers: fromScript, status: 401, code: 'unauthorized' },
  { operation: 'refreshBrowserSession', path: '/sessions/cookie/refresh', headers: { ...fromScript, cookie }, status: 200 },
  { operation: 'refreshBrowserSession', path: '/sessions/cookie/refresh', headers: { cookie }, status: 400, code: 'bad-request' },
  { operation: 'refreshBrowserSession', path: '/sessions/cookie/refresh', headers: { ...fromScript, cookie, origin: 'https://evil.example' }, status: 403, code: 'cross-site' },
  { operation: 'endBrowserSession', path: '/sessions/cookie', headers: { ...fromScript, cookie }, status: 204 },
  { operation: 'issueToken', path: '/oauth/token', body: grant('client_credentials'), headers: client, status: 200 },
  { operation: 'issueToken', path: '/oauth/token', body: grant('client_credentials'), headers: basic('x', 'y'), status: 401, code: 'invalid-client' },
  { operation: 'issueToken', path: '/oauth/token', body: grant('password'), headers: client, status: 400, code: 'unsupported-grant-type' },
  { operation: 'getKeys', path: '/.well-known/jwks.json', status: 200 },
  { operation: 'discover', path: '/.well-known/openid-configuration', status: 200 },

  { operation: 'getHealth', path: '/healthz', status: 200 },
  { operation: 'getReadiness', path: '/readyz', status: 200 },
  { operation: 'getDocument', path: '/openapi.json', status: 200 },
  { operation: 'readReference', path: '/docs/', status: 200 },
  { operation: 'readProblemType', path: '/problems/not-found', status: 200 },
  { operation: 'readProblemType', path: '/problems/none', status: 404, code: 'not-found' },
];

const send = ({ operation, as = 'anyone', path, body, headers }: Call) =>
  shop[as].send<ProblemDocument>(document.methodOf(operation), path, body, headers);

describe('the API', () => {
  it.each(CALLS)('$operation as $as: $status $code', async (call) => {
    const answer = await send(call);
    expect([answer.status, answer.operationId]).toEqual([call.status, call.operation]);
    if (call.code !== undefined) expect(answer.body.code).toBe(call.code);
  });

  it('cancels: 200, or 202 when that takes longer; 503 says to try again', async () => {
    const answer = await waitFor('the cancellation to be heard', async () => {
      const asked = await shop.alice.post(`/orders/${toCancel.id}/cancel`, note);
      return asked.status === 503 ? undefined : asked;
    });
    expect(answer.operationId).toBe('cancelOrder');
    expect([200, 202]).toContain(answer.status);
  });

  it('has no operation that is not called here', () => {
    const called = new Set(CALLS.map(({ operation }) => operation));
    expect(document.operationIds().filter((operation) => !called.has(operation))).toEqual([]);
  });

  it("has no operation on an owner's thing that is not called here for another's, and refused", () => {
    const ofOwners = Object.entries(forwardedOperations).filter(
      ([, { access, path }]) => access === 'owner-or-admin' && path.includes('{id}'),
    );
    const refused = CALLS.filter(({ as, status }) => as === 'bob' && (status === 403 || status === 404));
    const unheld = ofOwners.filter(([name]) => !refused.some(({ operation }) => operation === name));
    expect(unheld.map(([name]) => name)).toEqual([]);
  });
});

/** Bodies in JSON that are good, and what is wrong with each when one thing of it is. A payment provider's is its own affair. */
const badBodies = CALLS.filter(
  ({ operation, status, body }) => status < 300 && isPlainObject(body) && operation !== 'reportPayment',
).flatMap((call) => {
  const body = call.body as Record<string, unknown>;
  const wrong = Object.keys(body).map((field) => ({ ...call, field, body: { ...body, [field]: { no: 'such' } } }));
  return [...wrong, { ...call, field: 'nonsense', body: { ...body, nonsense: 1 } }];
});

const badQueries = CALLS.filter(({ operation, status }) => status < 300 && operation.startsWith('list')).flatMap(
  (call) => {
    const bare = call.path.split('?')[0] ?? '';
    if (call.operation === 'listCategories') return [];
    return ['nonsense=1', 'limit=0', 'cursor=x'].map((query) => ({
      ...call,
      field: query.split('=')[0] ?? '',
      path: `${bare}?${query}`,
    }));
  },
);

const badPaths = ['getProduct', 'getStock', 'getUser', 'validateUser'].map((operation) => {
  const call = CALLS.find((one) => one.operation === operation && one.status === 200)!;
  return { ...call, field: operation === 'getStock' ? 'productId' : 'id', path: call.path.replace(/\d+/, 'x') };
});

it.each([...badBodies, ...badQueries, ...badPaths])(
  '$operation with a wrong $field is a 400 that names it',
  async (call) => {
    const resigned = call.operation === 'reportDelivery' ? { ...call, headers: signed(call.body) } : call;
    const { status, body } = await send(resigned);
    expect([status, body.code]).toEqual([400, 'bad-request']);
    expect(body.errors?.map((error) => error.path.split('.')[0])).toContain(call.field);
  },
);

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof URLSearchParams);
}

it.each(Object.entries(app.urls))('%s says that it is alive and ready, and its metrics', async (name, url) => {
  for (const path of ['/healthz', '/readyz']) expect((await fetch(new URL(path, url))).status).toBe(200);
  expect((await fetch(new URL('/metrics', url))).status).toBe(name === 'gateway' ? 404 : 200);
});

it('each service has the document of its own part', async () => {
  const services = Object.entries(app.urls).filter(([name]) => name.endsWith('-service'));
  const parts = await Promise.all(services.map(async ([, url]) => (await ApiDocument.of(url)).operationIds()));
  const passedOn = parts.flat().filter((operation) => !(operation in internalOperations || operation === 'getMetrics'));
  expect(document.operationIds()).toEqual(expect.arrayContaining(passedOn));
  const own = ['getHealth', 'getReadiness', 'getDocument', 'readReference', 'readProblemType'];
  expect(new Set([...passedOn, ...own])).toEqual(new Set(document.operationIds()));
});
