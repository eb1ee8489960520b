import { duration } from '../../platform/env.js';

/** For the order API, which waits, and for the gateway, which waits for it a little longer. */
export const orderWaitSettings = {
  ORDER_WAIT_MS: duration
    .default(10_000)
    .describe(
      'a duration: how long an order is waited for before it is answered with 202; a process that stops may take 15 s longer, so whoever stops it must wait for that',
    ),
};

interface OrderWait {
  ORDER_WAIT_MS: number;
}

/** How long the answer may take to an order that waits for as long as it may. */
export const longestAnswerMs = ({ ORDER_WAIT_MS }: OrderWait): number => ORDER_WAIT_MS + 5_000;

/** How long a process may take to stop that owes such an answer. */
export const stopLimitMs = ({ ORDER_WAIT_MS }: OrderWait): number => ORDER_WAIT_MS + 15_000;
