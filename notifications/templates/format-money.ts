/** An amount in minor units as people write it: 3500000 KRW is ₩3,500,000, and 1999 USD is $19.99. */
export function formatMoney(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}
