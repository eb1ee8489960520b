import type { Guard } from './guard.js';

/** What the Saga itself keeps. */
export const rules: Guard[] = [
  {
    promise:
      'An order that can not be charged within PAYMENT_WINDOW is undone at its end, though it waits for an operator.',
    code: {
      file: 'workflows/order/perform-step.ts',
      text: 'if (isTooLate()) throw new StepTooLate(step, attempts, outcome.error);',
      instead: 'if (isTooLate() && attempts < 0) throw new StepTooLate(step, attempts, outcome.error);',
    },
    test: { file: 'workflows/order/payment-window.int.test.ts', name: 'with a provider that is down' },
  },
];
