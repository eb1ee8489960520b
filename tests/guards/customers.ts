import type { Guard } from './guard.js';

/** What whoever orders can rely on, whatever dies and however often they ask. */
export const customers: Guard[] = [
  {
    promise: 'An Idempotency-Key with another body is refused, so that nobody takes one order for another.',
    code: {
      file: 'api/order/placing/place-order.ts',
      text: 'if (stored.bodyHash === bodyHash)',
      instead: "if (stored.bodyHash === bodyHash || bodyHash !== '')",
    },
    test: {
      file: 'api/order/idempotency.int.test.ts',
      name: 'with another body is refused, also when both come at once',
    },
  },
  {
    promise: "A repeated order has the first answer's code, also when both ask at once.",
    code: {
      file: 'api/order/placing/answer.ts',
      text: 'if (decided !== undefined && placed) return decided;',
      instead: 'if (decided !== undefined) return decided;',
    },
    test: {
      file: 'api/order/idempotency.int.test.ts',
      name: 'also when it was asked before the first answer was given',
    },
  },
  {
    promise: 'A repeated order is the same order also when its workflow was deleted from Temporal.',
    code: {
      file: 'api/order/order-sagas.ts',
      text: 'workflowStartedAt === null ? undefined :',
      instead: "workflowStartedAt === null || order.id !== '' ? undefined :",
    },
    test: { file: 'api/order/workflow-gone.int.test.ts', name: 'gets no second one to decide about stock' },
  },
  {
    promise: 'An order never gets a second workflow, neither beside its first nor after it.',
    code: {
      file: 'services/order/saga-start.ts',
      text: "workflowIdReusePolicy: 'REJECT_DUPLICATE'",
      instead: "workflowIdReusePolicy: 'ALLOW_DUPLICATE'",
    },
    test: { file: 'workers/sweeper.int.test.ts', name: 'gives no order a second workflow' },
  },
  {
    promise: 'An order that was written gets its workflow, also when the API died before it started one.',
    code: {
      file: 'services/order/order-store.ts',
      text: 'WHERE workflow_started_at IS NULL AND created_at',
      instead: 'WHERE workflow_started_at IS NULL AND false AND created_at',
    },
    test: { file: 'workers/sweeper.int.test.ts', name: 'starts the workflow of an order that has none' },
  },
  {
    promise: 'However many cancel an order at once, all have their answer.',
    code: {
      file: 'api/order/order-sagas.ts',
      text: 'updateId: CANCEL_UPDATE_ID,',
      instead: 'updateId: `${CANCEL_UPDATE_ID}-${Math.random()}`,',
    },
    test: { file: 'api/order/read-and-cancel.int.test.ts', name: 'is one undo, however many ask at once' },
  },
  {
    promise: 'A cancellation while the charge is on its way waits for what became of it, and gives the money back.',
    code: {
      file: 'workflows/order/step-activities.ts',
      text: "cancellationType: 'WAIT_CANCELLATION_COMPLETED'",
      instead: "cancellationType: 'TRY_CANCEL'",
    },
    test: { file: 'workflows/order/cancel.int.test.ts', name: 'while the charge is on its way has it heard out' },
  },
  {
    promise: 'A cancellation calls the delivery off before it gives anything back: what was delivered is not undone.',
    code: {
      file: 'workflows/order/undo-order.ts',
      text: "if (!registered.includes('cancel-delivery')) {",
      instead: "if (registered.includes('release-stock')) {",
    },
    test: { file: 'workflows/order/cancel.int.test.ts', name: 'is told so when it turns out to be delivered' },
  },
  {
    promise: 'Of an order of several lines all are held, or none.',
    code: {
      file: 'services/inventory/stock-store.ts',
      text: 'WHEN (SELECT bool_or(short) FROM checked) THEN',
      instead: 'WHEN short THEN',
    },
    test: { file: 'services/inventory/stock-store.int.test.ts', name: 'all lines or none' },
  },
  {
    promise: 'Orders whose lines cross never wait for each other for ever.',
    code: {
      file: 'activities/inventory/stock-lock.ts',
      text: 'inProductOrder(lines).map(',
      instead: 'lines.map(',
    },
    test: {
      file: 'activities/inventory/inventory-activities.int.test.ts',
      name: 'opposite lines of several orders lock in one direction',
    },
  },
  {
    promise: "Of the carrier's reports the first end counts, however late, often or out of order they come.",
    code: {
      file: 'workflows/order/carrier-reports.ts',
      text: 'this.#end ??= update.status;',
      instead: 'this.#end = update.status;',
    },
    test: {
      file: 'workflows/order/carrier-reports.test.ts',
      name: "what the carrier tells [ 'delivered', 'returned' ]",
    },
  },
  {
    promise: 'A report of the carrier that the Saga has not heard is not taken: the carrier sends it again.',
    code: {
      file: 'api/delivery/routes/report-delivery.ts',
      text: "throw serviceUnavailable('saga-unavailable',",
      instead: "void serviceUnavailable('saga-unavailable',",
    },
    test: {
      file: 'api/delivery/routes/report-delivery.int.test.ts',
      name: 'answers 503 while the Saga can not be told',
    },
  },
  {
    promise: 'Goods that come back are refunded and can be sold again.',
    code: {
      file: 'workflows/order/order-saga.ts',
      text: '  return RETURNED;',
      instead: "  return RETURNED.reason === 'DELIVERY_RETURNED' ? undefined : RETURNED;",
    },
    test: { file: 'workflows/order/order-saga.int.test.ts', name: 'it comes back, is refunded' },
  },
  {
    promise: 'An order that is sold out before it has a Saga is answered and written down as by its Saga.',
    code: {
      file: 'services/order/order-store.ts',
      text: 'end ? [PENDING, advance(PENDING, end.patch).state] : [PENDING]',
      instead: 'end ? [advance(PENDING, end.patch).state] : [PENDING]',
    },
    test: { file: 'api/order/sold-out.int.test.ts', name: 'is answered and written as by the Saga, and without one' },
  },
  {
    promise: 'An order that is sold out before it has a Saga never gets one.',
    code: {
      file: 'services/order/order-store.ts',
      text: 'workflowStartedAt: end ? at : null',
      instead: 'workflowStartedAt: end ? null : null',
    },
    test: { file: 'api/order/sold-out.int.test.ts', name: 'is over: no sweeper starts it' },
  },
  {
    promise:
      'Whom nobody can tell what there is, or who does not wait, is decided about by the Saga: one gets the last unit.',
    code: {
      file: 'api/order/placing/admission.ts',
      text: 'if (!signal.aborted) this.#doWithout(error);',
      instead: 'if (!signal.aborted) throw error;',
    },
    test: { file: 'api/order/sold-out.int.test.ts', name: 'or whom nobody can tell, one gets it by the Saga' },
  },
  {
    promise: 'Sold out is said only by an answer to a question that began after the order had come.',
    code: {
      file: 'api/order/placing/admission.ts',
      text: '    return (this.#nextAnswer ??= this.#asking.then(async () => {\n      this.#nextAnswer = undefined;\n',
      instead: '    return (this.#nextAnswer ??= this.#asking.then(async () => {\n',
    },
    test: { file: 'api/order/placing/admission.test.ts', name: 'ask anew, not what others asked before they came' },
  },
  {
    promise: 'Of a hundred buyers of the last unit no more are let through to their Sagas than the stock may cover.',
    code: {
      file: 'api/order/placing/admission.ts',
      text: '    this.#credit -= quantity;',
      instead: '',
    },
    test: { file: 'api/order/placing/admission.test.ts', name: 'are let through as far as the stock may cover them' },
  },
  {
    promise: 'Without an Idempotency-Key two posts are two orders.',
    code: {
      file: 'api/order/placing/place-order.ts',
      text: 'idempotencyKey === undefined ? randomOrderId() : orderIdFor(userId, idempotencyKey)',
      instead: 'orderIdFor(userId, idempotencyKey ?? bodyHash)',
    },
    test: { file: 'api/order/read-and-cancel.int.test.ts', name: 'lists page through the own orders, newest first' },
  },
  {
    promise: 'However many post at once with one key, one order is written, and all are answered with it.',
    code: {
      file: 'services/order/order-store.ts',
      text: 'ON CONFLICT DO NOTHING RETURNING id',
      instead: 'RETURNING id',
    },
    test: {
      file: 'services/order/order-store.int.test.ts',
      name: 'is once for a user and key, however many try at once',
    },
  },
  {
    promise: 'Called off at whatever moment, an order ends as one row of the table of end states.',
    code: { file: 'workflows/order/saga.ts', text: 'compensations.registerFor(name);', instead: '' },
    test: {
      file: 'tests/e2e/cancel-interleavings.e2e.test.ts',
      name: 'an order called off at any moment ends as a row of the table of end states',
    },
  },
  {
    promise:
      'Orders whose lines cross never wait for each other for ever, without the lock too: rows are taken in one direction.',
    code: {
      file: 'services/inventory/stock-store.ts',
      text: 'ORDER BY product_id FOR UPDATE\n    ), checked AS (',
      instead: 'ORDER BY random() FOR UPDATE\n    ), checked AS (',
    },
    test: {
      file: 'services/inventory/stock-races.int.test.ts',
      name: 'in opposite directions do not wait for each other for ever',
    },
  },
  {
    promise:
      'A report of the carrier whose signal is lost loses nothing: the order reads it in the books within hours, or when an operator who was asked says `retry`.',
    code: {
      file: 'workflows/order/await-delivery.ts',
      text: 'Date.now() - readAt >= askedEveryMs || ',
      instead: '',
    },
    test: {
      file: 'workflows/order/carrier-silence.int.test.ts',
      name: 'is read in the books of the delivery service',
    },
  },
  {
    promise: 'An operator who says `retry` has a report read whose signal was lost, also where nothing waits for them.',
    code: {
      file: 'workflows/order/perform-step.ts',
      text: "if (answer === 'retry') this.#retries += 1;",
      instead: '',
    },
    test: { file: 'workflows/order/carrier-silence.int.test.ts', name: 'is read at once on retry' },
  },
  {
    promise: 'A report that the Saga has taken is told once, however often the carrier repeats it.',
    code: {
      file: 'api/delivery/routes/report-delivery.ts',
      text: 'if (!newest || told) return;',
      instead: 'if (!newest) return;',
    },
    test: { file: 'api/delivery/routes/report-delivery.int.test.ts', name: 'tells no more of what the Saga has taken' },
  },
  {
    promise:
      'A repeat of what the carrier has said is no sign of life: it does not postpone that an operator is asked.',
    code: {
      file: 'workflows/order/answer-messages.ts',
      text: 'if (carrier.knows(update) && patched(PATCHES.repeatsSayNothing)) return;',
      instead: '',
    },
    test: { file: 'workflows/order/carrier-silence.int.test.ts', name: 'is counted anew with what is news' },
  },
  {
    promise:
      'A carrier that delivers after it agreed to call off, or after another end, is taken, kept, and undoes nothing.',
    code: {
      file: 'services/delivery/record-event.ts',
      text: 'const { count } = known\n        ?',
      instead: 'const { count } = known || !counts(event.status, state)\n        ?',
    },
    test: { file: 'api/delivery/routes/report-delivery.int.test.ts', name: 'keeps what is reported of a delivery' },
  },
  {
    promise: 'A report of the carrier that something newer has followed is written down, and told to nobody.',
    code: {
      file: 'api/delivery/routes/report-delivery.ts',
      text: 'if (!newest || told) return;',
      instead: 'if (told) return;',
    },
    test: {
      file: 'api/delivery/routes/report-delivery.int.test.ts',
      name: 'overtake the report before it, which is then written down and changes nothing',
    },
  },
  {
    promise: 'Who cancels an order that is cancelled meanwhile is answered with that, whatever became of the question.',
    code: {
      file: 'api/order/routes/cancel-order.ts',
      text: "    if (order.status === 'CANCELLED') return",
      instead: "    if (order.status === 'CANCELLED' && cancellation.outcome === 'ended') return",
    },
    test: {
      file: 'api/order/read-and-cancel.int.test.ts',
      name: 'cancelling while another cancels it, and what was asked ends as unreachable: what the row says is answered',
    },
  },
  {
    promise: 'Orders whose workflow can not be started hold up nobody who comes behind them.',
    code: {
      file: 'workers/sweeper.ts',
      text: 'after = left.length < batchSize ? undefined : left.at(-1);',
      instead: 'after = left.length < batchSize ? undefined : after;',
    },
    test: { file: 'workers/sweeper.int.test.ts', name: 'comes to an order behind many that can not be started' },
  },
];
