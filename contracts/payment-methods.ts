/** What the simulated provider does with each payment method; see docs/simulators.md. */
export const PAYMENT_METHODS = [
  'card_ok',
  'card_declined',
  'card_insufficient_funds',
  'card_lost_answer',
  'card_flaky',
  'card_provider_down',
  'card_review',
  'card_hold_expires',
  'card_3ds',
  'bank_transfer',
  'bank_transfer_unpaid',
] as const;

/** An order by one of these waits for a person before it is charged, whatever it costs. */
export const REVIEWED_METHODS: readonly string[] = ['card_review'];

/**
 * How long an order by one of these may wait until it is paid, in milliseconds; by others PAYMENT_WINDOW. It holds its stock
 * for so long.
 */
export const PAYMENT_WINDOWS_MS: ReadonlyMap<string, number> = new Map([
  ['bank_transfer', 3 * 86_400_000],
  // So short that its end can be seen.
  ['bank_transfer_unpaid', 60_000],
]);
