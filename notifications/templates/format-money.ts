import { minorUnitDigits } from '../../contracts/money.js';

/** An amount in minor units as people write it: 3500000 KRW is ₩3,500,000, and 1999 USD is $19.99. */
export function formatMoney(amount: number, currency: string): string {
  const digits = minorUnitDigits(currency);
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(amount / 10 ** digits);
}
