import type { SagaTimes } from '../../../contracts/order-saga.js';

/** The defaults of the settings. */
export const USUAL_TIMES: SagaTimes = {
  attentionAfterMs: 120_000,
  paymentWindowMs: 15 * 60_000,
  paymentAskedEveryMs: 5 * 60_000,
  carrierSilenceMs: 14 * 86_400_000,
  reviewWindowMs: 86_400_000,
};
