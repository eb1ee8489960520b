import { PAYMENT_METHODS } from '../../../contracts/http/payments.js';

/** What the simulated provider does at one attempt. `lost`: it charges, but nobody hears of it. */
export type Behaviour =
  { does: 'charge'; answer: 'given' | 'lost' } | { does: 'decline'; code: string } | { does: 'fail'; why: string };

export interface Attempt {
  /** From 1, over all processes and restarts. */
  number: number;
  providerUp: boolean;
}

type Method = (typeof PAYMENT_METHODS)[number];

const charge: Behaviour = { does: 'charge', answer: 'given' };

const BEHAVIOURS: Record<Method, (attempt: Attempt) => Behaviour> = {
  card_ok: () => charge,
  card_declined: () => ({ does: 'decline', code: 'card_declined' }),
  card_insufficient_funds: () => ({ does: 'decline', code: 'insufficient_funds' }),
  card_lost_answer: ({ number }) => (number === 1 ? { does: 'charge', answer: 'lost' } : charge),
  card_flaky: ({ number }) => (number <= 2 ? { does: 'fail', why: 'internal error' } : charge),
  card_provider_down: ({ providerUp }) => (providerUp ? charge : { does: 'fail', why: 'the provider is down' }),
};

/** The caller says by the payment method what the provider shall do, so that every path can be seen. */
export function behaviourOf(method: string, attempt: Attempt): Behaviour {
  return isMethod(method) ? BEHAVIOURS[method](attempt) : { does: 'decline', code: 'unknown_payment_method' };
}

/** Only this method looks at whether the provider is up. */
export function asksWhetherUp(method: string): boolean {
  return method === 'card_provider_down';
}

function isMethod(method: string): method is Method {
  return (PAYMENT_METHODS as readonly string[]).includes(method);
}
