import { z } from 'zod';

/** Totals stay below this, so that a JSON number holds them exactly. */
export const MONEY_LIMIT = 10 ** 15;

/** An amount in the currency's minor unit: cents for USD, won for KRW (which has no minor unit). */
export const amountSchema = z.int().min(0).lt(MONEY_LIMIT).meta({ description: 'In the minor unit of the currency.' });

/** An ISO 4217 code. */
export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, such as "KRW"')
  .meta({ examples: ['KRW'] });

export interface Money {
  /** In the currency's minor unit. */
  amount: number;
  /** ISO 4217. */
  currency: string;
}
