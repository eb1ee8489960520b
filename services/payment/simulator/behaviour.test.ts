import { describe, expect, it } from 'vitest';
import { PAYMENT_METHODS } from '../../../contracts/payment-methods.js';
import { behaviourOf } from './simulated-provider.js';

const attempts = (method: string, providerUp = false) =>
  [1, 2, 3, 4].map((number) => {
    const behaviour = behaviourOf(method, { number, providerUp });
    return behaviour.does === 'charge' && behaviour.answer === 'lost' ? 'lost' : behaviour.does;
  });

describe('the simulated provider, by payment method', () => {
  it.each([
    ['card_ok', ['charge', 'charge', 'charge', 'charge']],
    ['card_declined', ['decline', 'decline', 'decline', 'decline']],
    ['card_insufficient_funds', ['decline', 'decline', 'decline', 'decline']],
    ['card_lost_answer', ['lost', 'charge', 'charge', 'charge']],
    ['card_flaky', ['fail', 'fail', 'charge', 'charge']],
    ['card_provider_down', ['fail', 'fail', 'fail', 'fail']],
    ['card_review', ['charge', 'charge', 'charge', 'charge']],
    ['card_hold_expires', ['charge', 'charge', 'charge', 'charge']],
    ['card_3ds', ['await', 'await', 'await', 'await']],
    ['bank_transfer', ['await', 'await', 'await', 'await']],
    ['bank_transfer_unpaid', ['await', 'await', 'await', 'await']],
    ['card_of_another_bank', ['decline', 'decline', 'decline', 'decline']],
    ['toString', ['decline', 'decline', 'decline', 'decline']],
  ])('%s: %j', (method, expected) => {
    expect(attempts(method)).toEqual(expected);
  });

  it('charges card_provider_down once the provider is up', () => {
    expect(attempts('card_provider_down', true)).toEqual(['charge', 'charge', 'charge', 'charge']);
  });

  it('says why it declines', () => {
    const code = (method: string) => behaviourOf(method, { number: 1, providerUp: true });
    expect(code('card_declined')).toEqual({ does: 'decline', code: 'card_declined' });
    expect(code('card_insufficient_funds')).toEqual({ does: 'decline', code: 'insufficient_funds' });
    expect(code('nonsense')).toEqual({ does: 'decline', code: 'unknown_payment_method' });
  });

  it('does not let whether the provider is up touch any other method', () => {
    const others = PAYMENT_METHODS.filter((method) => method !== 'card_provider_down');
    for (const method of others) expect(attempts(method, true)).toEqual(attempts(method, false));
  });
});
