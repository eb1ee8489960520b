import { duration } from '../../platform/env.js';

/** For the API and the worker alike: whichever of them starts an order's workflow tells it this. */
export const attentionSettings = {
  /** After this a step that has not succeeded asks for an operator. */
  ATTENTION_AFTER: duration.default(120_000),
};
