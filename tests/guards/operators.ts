import type { Guard } from './guard.js';

/** What operators see and do. */
export const operators: Guard[] = [
  {
    promise: "An order's page says which step it is at, why that waits, its last error, and when it goes again.",
    code: {
      file: 'workflows/order/perform-step.ts',
      text: 'details.rests(step, rest);',
      instead: '',
    },
    test: {
      file: 'workflows/order/attention.int.test.ts',
      name: 'shows on its page where it stands, why, and when it goes again',
    },
  },
  {
    promise: 'What an operator gives an activity by hand, in whatever form, leaves the order sound.',
    code: {
      file: 'workflows/order/given-by-hand.ts',
      text: "const given = typeof result === 'string' ? parsed(result) : result;",
      instead: 'const given = result;',
    },
    test: { file: 'workflows/order/given-by-hand.test.ts', name: 'the result of a step in the text that tctl sends' },
  },
  {
    promise: 'A record that was completed by hand without a time still leaves an order with one.',
    code: {
      file: 'workflows/order/given-by-hand.ts',
      text: "const isTime = typeof updatedAt === 'string' && !Number.isNaN(Date.parse(updatedAt));",
      instead: "const isTime = typeof updatedAt === 'string';",
    },
    test: {
      file: 'workflows/order/given-by-hand.test.ts',
      name: 'when a record was written is now, for {"updatedAt":"yesterday"}',
    },
  },
  {
    promise: "The largest order's summary stays small enough for the server to take, encrypted too.",
    code: {
      file: 'services/order/saga-summary.ts',
      text: 'const LINES_SHOWN = 10;',
      instead: 'const LINES_SHOWN = 50;',
    },
    test: { file: 'services/order/saga-summary.test.ts', name: 'stays below what a server may refuse' },
  },
];
