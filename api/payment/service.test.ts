import { describe, expect, it } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import type { ProviderName } from '../../services/payment/payment-provider.js';
import { baseOf } from '../../tests/support/base.js';
import { createContext } from './service.js';

const logger = createLogger({ service: 'payment-service', level: 'fatal' });
const config = {
  SERVICE_NAME: 'payment-service',
  HOST: '127.0.0.1',
  PORT: 0,
  LOG_LEVEL: 'fatal' as const,
  DATABASE_URL: 'postgresql://127.0.0.1:1/payment',
  JWT_ISSUER: 'issuer',
  JWT_AUDIENCE: 'audience',
  USER_SERVICE_URL: ['http://127.0.0.1:1'],
  NODE_ENV: 'development',
  PAYMENT_PROVIDER: 'simulated' as ProviderName,
  PAYMENT_SIMULATOR_DATABASE_URL: 'postgresql://127.0.0.1:1/ledger',
  PAYMENT_WEBHOOK_KEYS: { w1: { secret: 'a secret' } },
  STRIPE_WEBHOOK_SECRETS: undefined as string[] | undefined,
};
const contextWith = (changes: Partial<typeof config>) => createContext(baseOf({ ...config, ...changes }, logger));
const hasSimulator = (changes: Partial<typeof config>) => contextWith(changes).simulator !== undefined;

describe('the simulator', () => {
  it('is for callers in development', () => expect(hasSimulator({})).toBe(true));
  it('is never for callers in production', () => expect(hasSimulator({ NODE_ENV: 'production' })).toBe(false));
  it('is not there with another provider', () => expect(hasSimulator({ PAYMENT_PROVIDER: 'stripe' })).toBe(false));
});

it('webhooks are taken of the provider in use alone', () => {
  expect(contextWith({}).events?.provider).toBe('simulated');
  expect(contextWith({ PAYMENT_PROVIDER: 'stripe' }).events).toBeUndefined();
  const byStripe = { PAYMENT_PROVIDER: 'stripe' as const, STRIPE_WEBHOOK_SECRETS: ['whsec_one'] };
  expect(contextWith(byStripe).events?.provider).toBe('stripe');
});
