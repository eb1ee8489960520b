import { DELIVERY_ASKED_EVERY_MS, type SagaTimes } from '../../contracts/order-saga.js';
import { duration } from '../../platform/env.js';

const some = duration.refine((ms) => ms >= 1, 'must be at least 1 ms');

/** For the API and the worker alike: whichever of them starts an order's workflow tells it these. */
export const sagaTimeSettings = {
  ATTENTION_AFTER: some
    .default(120_000)
    .describe(
      'a duration: a step that has not succeeded by then asks for an operator; orders keep what they started with',
    ),
  PAYMENT_WINDOW: some
    .default(15 * 60_000)
    .describe(
      'a duration: an order that is not charged within it, counted from the first try, is undone; orders keep what they started with',
    ),
  CARRIER_SILENCE_AFTER: some
    .default(14 * 86_400_000)
    .describe(
      'a duration: an order of which the carrier has said nothing for so long asks for an operator; orders keep what they started with',
    ),
  DELIVERY_ASKED_EVERY: some
    .default(DELIVERY_ASKED_EVERY_MS)
    .describe(
      'a duration: an order that waits for the carrier asks the delivery service so often what it has heard, should a signal be lost; orders keep what they started with',
    ),
};

export function sagaTimesFrom(config: Record<keyof typeof sagaTimeSettings, number>): SagaTimes {
  return {
    attentionAfterMs: config.ATTENTION_AFTER,
    paymentWindowMs: config.PAYMENT_WINDOW,
    carrierSilenceMs: config.CARRIER_SILENCE_AFTER,
    deliveryAskedEveryMs: config.DELIVERY_ASKED_EVERY,
  };
}
