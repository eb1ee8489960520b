/** What the simulated provider does with each payment method; see docs/simulators.md. */
export const PAYMENT_METHODS = [
  'card_ok',
  'card_declined',
  'card_insufficient_funds',
  'card_lost_answer',
  'card_flaky',
  'card_provider_down',
  'card_review',
] as const;

/** An order by one of these waits for a person before it is charged, whatever it costs. */
export const REVIEWED_METHODS: readonly string[] = ['card_review'];
