import type { Guard } from './guard.js';

/** What the Saga itself keeps. */
export const rules: Guard[] = [
  {
    promise: 'An order of REVIEW_ABOVE or more is not charged before a person has approved it.',
    code: {
      file: 'workflows/order/await-review.ts',
      text: 'if (!review.isNeeded) return;',
      instead: 'if (review.isNeeded) return;',
    },
    test: { file: 'workflows/order/review.int.test.ts', name: 'is not charged before it is approved' },
  },
  {
    promise:
      'An order by a payment method that asks for review is not charged before a person has approved it, whatever it costs.',
    code: {
      file: 'services/order/saga-start.ts',
      text: '...(REVIEWED_METHODS.includes(paymentMethod) && { reviewAbove: 0 }),',
      instead: '',
    },
    test: { file: 'api/order/review.int.test.ts', name: 'is asked for by its payment method too' },
  },
  {
    promise: 'Of several decisions on the review of an order the first counts.',
    code: {
      file: 'workflows/order/await-review.ts',
      text: 'this.#decision ??= decision;',
      instead: 'this.#decision = decision;',
    },
    test: { file: 'workflows/order/review.int.test.ts', name: 'the first decision counts' },
  },
  {
    promise: 'A review that nobody decides for REVIEW_WINDOW asks for an operator.',
    code: {
      file: 'workflows/order/await-review.ts',
      text: 'condition(isDecided, input.reviewWindowMs ?? 0)',
      instead: 'condition(isDecided, (input.reviewWindowMs ?? 0) * 99)',
    },
    test: { file: 'workflows/order/review.int.test.ts', name: 'asks for an operator, goes on waiting' },
  },
  {
    promise: 'An order that is undone waits for no review any more, and a review that was decided stays decided.',
    code: {
      file: 'services/order/domain/order-state.ts',
      text: "if (known !== null && known !== 'WAITING') return known;",
      instead: '',
    },
    test: { file: 'services/order/domain/order-state.test.ts', name: 'a review is decided once' },
  },
  {
    promise:
      'An order that can not be charged within PAYMENT_WINDOW is undone at its end, though it waits for an operator.',
    code: {
      file: 'workflows/order/order-saga.ts',
      text: 'const until = Date.now() + input.paymentWindowMs;',
      instead: 'const until = Date.now() + input.paymentWindowMs * 9;',
    },
    test: { file: 'workflows/order/payment-window.int.test.ts', name: 'with a provider that is down' },
  },
  {
    promise: 'An order by a payment method that has a window of its own waits for as long to be paid.',
    code: {
      file: 'services/order/saga-start.ts',
      text: 'PAYMENT_WINDOWS_MS.get(paymentMethod)',
      instead: "PAYMENT_WINDOWS_MS.get('')",
    },
    test: { file: 'services/order/saga-times.test.ts', name: 'an order by bank_transfer has 259200000 ms to be paid' },
  },
  {
    promise: 'An order that waits to be paid asks the provider itself, should nobody say that it is.',
    code: {
      file: 'workflows/order/await-payment.ts',
      text: 'const nextLook = now + Math.max(askedEveryMs, (now - beganAt) / 10);',
      instead: 'const nextLook = until + askedEveryMs + beganAt;',
    },
    test: { file: 'workflows/order/pending-payment.int.test.ts', name: 'is asked for where nobody says so' },
  },
  {
    promise: 'A payment that is said to have changed before its order waits for that is asked for at once.',
    code: {
      file: 'workflows/order/await-payment.ts',
      text: '() => payment.news > heard || attention.retries > retries',
      instead: '() => payment.news > heard + 1 || attention.retries > retries',
    },
    test: { file: 'workflows/order/pending-payment.int.test.ts', name: 'before the Saga waited' },
  },
  {
    promise: 'What is paid in the last moment of its window is taken, and not sent back.',
    code: {
      file: 'workflows/order/await-payment.ts',
      text: 'now < until - LAST_LOOK_MS ? until - LAST_LOOK_MS : until',
      instead: 'until - LAST_LOOK_MS * 0',
    },
    test: { file: 'workflows/order/pending-payment.int.test.ts', name: 'paid in the last moment' },
  },
  {
    promise:
      'An order worker that can not wait for a payment is never told that it is pending, which it would take for paid.',
    code: {
      file: 'activities/payment/payment-activities.ts',
      text: 'if (!mayBePending) throw',
      instead: 'if (mayBePending === false) throw',
    },
    test: { file: 'activities/payment/payment-activities.int.test.ts', name: 'for whoever takes no such answer' },
  },
  {
    promise: 'A provider that was away is asked at once when it is said to have news, whatever pause its order is in.',
    code: { file: 'workflows/order/answer-messages.ts', text: "attention.wake('charge-payment');", instead: '' },
    test: { file: 'workflows/order/pending-payment.int.test.ts', name: 'is asked at once when it is said to have' },
  },
  {
    promise: 'A charge that was settled while it was pending, and is paid all the same, is found.',
    code: {
      file: 'workflows/reconciliation/compare/compare-order.ts',
      text: "[...paymentIs('CHARGED', 'AUTHORISED'), ...unheard]",
      instead: "paymentIs('CHARGED')",
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'money that was pending then, and came all the same, is seen',
    },
  },
  {
    promise: 'Money that comes after its undo was settled by hand is found.',
    code: {
      file: 'workflows/reconciliation/compare/compare-order.ts',
      text: "[...paymentIs('REFUNDED'), ...unheard]",
      instead: "paymentIs('REFUNDED')",
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'money that was pending then, and came all the same, is seen',
    },
  },
  {
    promise: 'A payment that the provider has, and of which its order was told nothing, is found and told.',
    code: {
      file: 'workflows/reconciliation/compare/compare-order.ts',
      text: '...comparePending(records, now),',
      instead: '...comparePending(records, 0),',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'at the provider, and its order was not told',
    },
  },
  {
    promise: 'An order of which the carrier says nothing for CARRIER_SILENCE_AFTER asks for an operator.',
    code: {
      file: 'workflows/order/await-delivery.ts',
      text: 'Date.now() - quietSince >= input.carrierSilenceMs;',
      instead: 'Date.now() - quietSince >= input.carrierSilenceMs * 9;',
    },
    test: { file: 'workflows/order/carrier-silence.int.test.ts', name: 'for 14 days: an operator is asked' },
  },
  {
    promise: 'An order that is given up right after a reset is undone as far as it had ever come.',
    code: {
      file: 'workflows/order/undo-order.ts',
      text: 'if (journal.wasReset && cause.mayLeaveMore) compensations.registerAll();',
      instead: 'if (!journal.wasReset && !cause.mayLeaveMore) compensations.registerAll();',
    },
    test: {
      file: 'workflows/order/reset.int.test.ts',
      name: 'given up right after a reset to before chargePayment: all that had ever been done is undone',
    },
  },
  {
    promise: 'An order that is being undone when it is reset comes to its end, and is not delivered.',
    code: {
      file: 'workflows/order/saga.ts',
      text: "if (row.status === 'CANCELLING' || row.status === 'CANCELLED') cancellation.request(undoneBefore(row));",
      instead: "if (row.status === 'PENDING') cancellation.request(undoneBefore(row));",
    },
    test: { file: 'workflows/order/reset.int.test.ts', name: 'though nothing but its row knows of it' },
  },
  {
    promise: "What can not be written down is shown to operators, though the order's row can not say so.",
    code: {
      file: 'workflows/order/perform-step.ts',
      text: "if (step !== 'record-progress') await",
      instead: 'await',
    },
    test: {
      file: 'workflows/order/attention.int.test.ts',
      name: 'is shown in the search, though its row can not say so',
    },
  },
  {
    promise: 'A compensation that is stuck holds up no other that does not depend on it.',
    code: {
      file: 'workflows/order/undo-order.ts',
      text: 'await Promise.all(registered.map((compensation) => compensate(saga, compensation)));',
      instead: 'for (const compensation of [...registered]) await compensate(saga, compensation);',
    },
    test: { file: 'workflows/order/attention.int.test.ts', name: 'asks for an operator and holds up no other' },
  },
  {
    promise: 'An order that is reset after it was completed completes again, and nothing of it is undone.',
    code: {
      file: 'workflows/order/undo-order.ts',
      text: "if (journal.order.status === 'COMPLETED' ||",
      instead: "if (journal.order.status === 'PENDING' ||",
    },
    test: { file: 'workflows/order/reset.int.test.ts', name: 'and delivered: nothing is undone' },
  },
  {
    promise: 'An order is CANCELLED only once all of its undo is done.',
    code: {
      file: 'workflows/order/undo-order.ts',
      text: 'await Promise.all(registered.map((compensation) => compensate(saga, compensation)));',
      instead: 'void Promise.all(registered.map((compensation) => compensate(saga, compensation)));',
    },
    test: { file: 'workflows/order/attention.int.test.ts', name: 'the order is not cancelled before it is done' },
  },
  {
    promise: 'What a step did whose answer never came is undone: its compensation is registered before it runs.',
    code: { file: 'workflows/order/saga.ts', text: 'compensations.registerFor(name);', instead: '' },
    test: { file: 'workflows/order/payment-window.int.test.ts', name: 'gives back what was charged all the same' },
  },
];
