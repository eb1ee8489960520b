import currencies from 'currency-codes';
import { z } from 'zod';

/** Totals stay below this, so that a JSON number holds them exactly. */
export const MONEY_LIMIT = 10 ** 15;

/** An amount in the currency's minor unit: cents for USD, won for KRW (which has no minor unit). */
export const amountSchema = z.int().min(0).lt(MONEY_LIMIT).meta({ description: 'In the minor unit of the currency.' });

export const currencySchema = z
  .enum(currencies.codes(), 'must be an ISO 4217 code, such as "KRW"')
  .meta({ description: 'ISO 4217.', examples: ['KRW'] });

/**
 * How many decimals the minor unit stands for, by ISO 4217: 2 for HUF, though nobody writes them. What `Intl` knows is how
 * many are displayed, which is another number for some twenty currencies, and depends on the machine's ICU.
 */
export function minorUnitDigits(currency: string): number {
  return currencies.code(currency)?.digits ?? 2;
}

export interface Money {
  /** In the currency's minor unit. */
  amount: number;
  /** ISO 4217. */
  currency: string;
}
