import { duration } from '../../platform/env.js';

/** For the API and the worker alike: whichever of them starts an order's workflow tells it this. */
export const attentionSettings = {
  ATTENTION_AFTER: duration
    .default(120_000)
    .describe(
      'a duration: a step that has not succeeded by then asks for an operator; orders keep what they started with',
    ),
};
