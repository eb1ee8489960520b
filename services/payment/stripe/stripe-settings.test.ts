import { describe, expect, it } from 'vitest';
import { parseEnv } from '../../../platform/env.js';
import { checkedPaymentWorkerSettings } from '../../../workers/config.js';

const settings = {
  SERVICE_NAME: 'payment-service',
  PORT: '0',
  DATABASE_URL: 'postgresql://127.0.0.1:1/payment',
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  PAYLOAD_KEYS: JSON.stringify({ one: Buffer.alloc(32).toString('base64') }),
  PAYLOAD_KEY_ID: 'one',
  PAYMENT_PROVIDER: 'stripe',
  PAYMENT_SERVICE_URL: 'http://127.0.0.1:1',
  PAYMENT_WEBHOOK_KEYS: JSON.stringify({ w1: { secret: 'x'.repeat(32) } }),
  PAYMENT_WEBHOOK_KEY_ID: 'w1',
};
const worker = (more: Record<string, string>) => () => parseEnv(checkedPaymentWorkerSettings, { ...settings, ...more });

describe('a payment worker', () => {
  it.each([
    ['development', 'sk_test_abc'],
    ['development', 'rk_test_abc'],
    ['production', 'sk_live_abc'],
    ['production', 'rk_live_abc'],
  ])('in %s takes %s', (NODE_ENV, STRIPE_SECRET_KEY) => {
    expect(worker({ NODE_ENV, STRIPE_SECRET_KEY })()).toMatchObject({ PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY });
  });

  it.each([
    ['production', 'sk_test_abc', /STRIPE_SECRET_KEY is wrong: a test key moves no money/],
    ['production', 'rk_test_abc', /STRIPE_SECRET_KEY is wrong: a test key moves no money/],
    ['development', 'sk_live_abc', /STRIPE_SECRET_KEY is wrong: a live key moves real money/],
    ['test', 'rk_live_abc', /STRIPE_SECRET_KEY is wrong: a live key moves real money/],
    ['development', 'pk_test_abc', /STRIPE_SECRET_KEY is wrong: must be a secret or restricted key/],
    ['development', '', /STRIPE_SECRET_KEY is missing/],
  ])('in %s does not start with %s, and does not show it', (NODE_ENV, STRIPE_SECRET_KEY, says) => {
    expect(worker({ NODE_ENV, STRIPE_SECRET_KEY })).toThrow(says);
    expect(worker({ NODE_ENV, STRIPE_SECRET_KEY })).not.toThrow(/_abc/);
  });

  it('asks nobody but Stripe in production', () => {
    const STRIPE_API_URL = 'http://127.0.0.1:1';
    const production = { NODE_ENV: 'production', STRIPE_SECRET_KEY: 'sk_live_abc', STRIPE_API_URL };
    expect(worker(production)).toThrow(/STRIPE_API_URL is wrong/);
    expect(worker({ STRIPE_SECRET_KEY: 'sk_test_abc', STRIPE_API_URL })()).toMatchObject({ STRIPE_API_URL });
  });

  it('needs the ledger of the simulated provider with that one alone', () => {
    expect(worker({ PAYMENT_PROVIDER: 'simulated' })).toThrow(/PAYMENT_SIMULATOR_DATABASE_URL is missing/);
  });

  it('does not start with a provider that nobody has built in', () => {
    expect(worker({ PAYMENT_PROVIDER: 'strip' })).toThrow(/PAYMENT_PROVIDER is wrong/);
  });
});
