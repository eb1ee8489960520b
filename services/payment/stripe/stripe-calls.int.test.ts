import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../platform/logger.js';
import { server } from '../../../tests/support/servers.js';
import { openPayments } from '../testing/open-payments.js';
import { createStripeProvider } from './stripe-provider.js';
import { openStripe } from './stripe-settings.js';

// Stripe's stripe-mock refuses a call that Stripe's own OpenAPI document does not have, and a field it does not know. It
// remembers nothing, so what it answers says nothing of an order.

/** The package's own type of it is `any`. */
interface Heard {
  on(event: 'response', hear: (response: Stripe.ResponseEvent) => void): unknown;
}

let mock: ChildProcess;
let payments: Awaited<ReturnType<typeof openPayments>>;
let stripe: ReturnType<typeof openStripe>;
const asked: string[] = [];

beforeAll(async () => {
  payments = await openPayments();
  mock = spawn(server('STRIPE_MOCK'), ['-http-addr', '127.0.0.1:'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await portSaidBy(mock);
  stripe = openStripe({ STRIPE_SECRET_KEY: 'sk_test_123', STRIPE_API_URL: `http://127.0.0.1:${port}` });
  const heard: Heard = stripe;
  heard.on('response', ({ method, path, status }) =>
    asked.push(`${status} ${method} ${path.replace(/\?.*/, '').replace(/(pi|re)_\w+/, 'ID')}`),
  );
});
afterAll(async () => {
  mock.kill();
  await once(mock, 'exit');
  await payments.close();
});

async function portSaidBy({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('its output is not read');
  for await (const line of createInterface({ input: stdout })) {
    const port = /Listening for HTTP at address: .*:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error('stripe-mock ended before it listened');
}

it('asks nothing of Stripe that its own document does not have', async () => {
  const provider = createStripeProvider(stripe, payments.prisma, createLogger({ service: 'test', level: 'fatal' }));
  const charge = { idempotencyKey: randomUUID(), amount: 1_999, currency: 'USD', method: 'pm_card_visa' };
  await provider.charge(charge);
  const hold = { ...charge, idempotencyKey: randomUUID(), capture: false } as const;
  await provider.charge(hold);
  await provider.capture({ idempotencyKey: randomUUID(), chargeKey: hold.idempotencyKey, amount: 1_999 });
  await provider.refundPart({ idempotencyKey: randomUUID(), chargeKey: charge.idempotencyKey, amount: 1 });
  await provider.list({ limit: 10, since: new Date(0) });
  await provider.refund(charge);
  // Its intents never get anywhere: what follows a success is asked of one that is said to have.
  const retrieve = stripe.paymentIntents.retrieve.bind(stripe.paymentIntents);
  stripe.paymentIntents.retrieve = async (...of: Parameters<typeof retrieve>) => {
    const intent = await retrieve(...of);
    return Object.assign(intent, { status: 'succeeded', amount: 2, latest_charge: { amount_refunded: 1, created: 0 } });
  };
  await provider.refund(charge);
  await provider.entriesOf([charge.idempotencyKey]);
  await provider.find({ idempotencyKey: randomUUID() });
  expect(asked).toEqual([
    '200 POST /v1/payment_intents',
    '200 POST /v1/payment_intents/ID/confirm',
    '200 POST /v1/payment_intents',
    '200 POST /v1/payment_intents/ID/confirm',
    '200 POST /v1/payment_intents/ID/capture',
    '200 POST /v1/refunds',
    '200 GET /v1/refunds/ID',
    '200 GET /v1/payment_intents',
    '200 GET /v1/refunds',
    '200 GET /v1/payment_intents/ID',
    '200 POST /v1/payment_intents/ID/cancel',
    '200 GET /v1/payment_intents/ID',
    '200 GET /v1/refunds',
    '200 GET /v1/payment_intents/ID',
    '200 POST /v1/refunds',
    '200 GET /v1/payment_intents/ID',
    '200 GET /v1/refunds',
    '200 GET /v1/payment_intents/search',
    '200 GET /v1/payment_intents/ID',
  ]);
});

it('is told of a field that Stripe does not know', async () => {
  await expect(stripe.paymentIntents.create({ amount: 1, currency: 'usd', whose: 'ours' } as never)).rejects.toThrow();
});
