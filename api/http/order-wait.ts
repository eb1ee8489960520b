import { duration } from '../../platform/env.js';

/** For the order API, which waits, and for the gateway, which waits for it a little longer. */
export const orderWaitSettings = {
  ORDER_WAIT_MS: duration
    .default(10_000)
    .describe('a duration: how long an order is waited for before it is answered with 202'),
};
