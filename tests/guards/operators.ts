import type { Guard } from './guard.js';

/** What operators see and do. */
export const operators: Guard[] = [
  {
    promise: 'A query that was slow is in its trace.',
    code: {
      file: 'platform/telemetry/telemetry.ts',
      text: 'hrTimeToMilliseconds(duration) < QUICK_MS;',
      instead: 'hrTimeToMilliseconds(duration) < QUICK_MS * 9;',
    },
    test: {
      file: 'platform/telemetry/telemetry.test.ts',
      name: 'of queries and commands those are sent that were slow, or say that they failed',
    },
  },
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
      file: 'workflows/order/step-outcome.ts',
      text: "const given = typeof result === 'string' ? parsed(result) : result;",
      instead: 'const given = result;',
    },
    test: { file: 'workflows/order/step-outcome.test.ts', name: 'the result of a step in the text that tctl sends' },
  },
  {
    promise: 'A record that was completed by hand without a time still leaves an order with one.',
    code: {
      file: 'workflows/order/step-outcome.ts',
      text: "const isTime = typeof updatedAt === 'string' && !Number.isNaN(Date.parse(updatedAt));",
      instead: "const isTime = typeof updatedAt === 'string';",
    },
    test: {
      file: 'workflows/order/step-outcome.test.ts',
      name: 'when a record was written is now, for {"updatedAt":"yesterday"}',
    },
  },
  {
    promise: 'A signal or an update whose payload nobody can read stops no order: it has none.',
    code: {
      file: 'platform/temporal/payload-codec.ts',
      text: 'if (error instanceof Unreadable) return defaultPayloadConverter.toPayload(null);',
      instead: '',
    },
    test: {
      file: 'platform/temporal/payload-codec.test.ts',
      name: 'what a workflow is told and nobody can read is none',
    },
  },
  {
    promise: 'An order whose workflow task fails again and again is shown as needing attention, for whatever cause.',
    code: {
      file: 'workers/standing-still.ts',
      text: "return { runs: true, handle, why: 'WorkflowTaskFails' };",
      instead: 'return { runs: true, handle };',
    },
    test: { file: 'api/order/stands-still.int.test.ts', name: 'is seen, listed, counted and told' },
  },
  {
    promise: 'So is one whose workflow task no worker takes, until one does.',
    code: { file: 'workers/standing-still.ts', text: '> takenWithinMs;', instead: '> takenWithinMs * 1_000;' },
    test: {
      file: 'api/order/stands-still.int.test.ts',
      name: 'an order whose workflow task no worker takes is seen, and goes on when there is one',
    },
  },
  {
    promise:
      'An order whose row has learnt nothing for longer than its own longest wait is shown as needing attention.',
    code: {
      file: 'workers/standing-still.ts',
      text: 'await ownTimes(workflows, handle)',
      instead: '{ ...(await ownTimes(workflows, handle)), ...usual }',
    },
    test: {
      file: 'api/order/stands-still.int.test.ts',
      name: 'is seen once that is longer than its own longest wait',
    },
  },
  {
    promise:
      'Who cancels or retries an order whose workflow hears nothing is told so, and it can be given up all the same.',
    code: {
      file: 'api/order/order-sagas.ts',
      text: "return attention?.step === 'saga' &&",
      instead: "return attention?.step === 'saga' && attention.since === '' &&",
    },
    test: {
      file: 'api/order/stands-still.int.test.ts',
      name: 'is neither cancelled, retried nor settled: each is told why',
    },
  },
  {
    promise: 'A record can be neither settled nor completed by hand: it is tried again until it is written.',
    code: {
      file: 'workflows/order/order-journal.ts',
      text: 'if (wasWritten(written) || !patched(PATCHES.recordsUntilWritten))',
      instead: 'if (wasWritten(written) || patched(PATCHES.recordsUntilWritten))',
    },
    test: { file: 'workflows/order/attention.int.test.ts', name: 'is not settled: it is written once it can be' },
  },
  {
    promise: 'An order whose row missed a status goes on past it, and never back.',
    code: {
      file: 'contracts/order-status.ts',
      text: "next === to || (next !== 'CANCELLING' && mayMove(next, to))",
      instead: 'next === to',
    },
    test: {
      file: 'services/order/domain/order-state.test.ts',
      name: 'goes past a status whose record is missing, and never back to it',
    },
  },
  {
    promise: 'An order that a repair undoes hears there what is asked of it.',
    code: { file: 'api/order/order-sagas.ts', text: 'return askItsUndo();', instead: 'throw error;' },
    test: { file: 'api/order/operator-requests.int.test.ts', name: 'hears in its undo what is asked of it' },
  },
  {
    promise: 'A repair undoes nothing of an order whose row says that it was completed.',
    code: {
      file: 'activities/order/order-activities.ts',
      text: ' || workflowType === UNDO_ABANDONED_ORDER',
      instead: '',
    },
    test: {
      file: 'api/order/operator-requests.int.test.ts',
      name: 'is not undone where its row says that it was completed',
    },
  },
  {
    promise: "The largest order's summary stays small enough for the server to take, encrypted too.",
    code: {
      file: 'services/order/saga-start.ts',
      text: 'const LINES_SHOWN = 10;',
      instead: 'const LINES_SHOWN = 50;',
    },
    test: { file: 'services/order/saga-summary.test.ts', name: 'stays below what a server may refuse' },
  },
  {
    promise: 'A step or a compensation that does not succeed in time asks for an operator.',
    code: {
      file: 'workflows/order/perform-step.ts',
      text: 'await attention.ask(step, causeOf(outcome.error), attempts)',
      instead: '1',
    },
    test: {
      file: 'workflows/order/attention.int.test.ts',
      name: 'asks for an operator, who sees the order, the step and a code',
    },
  },
  {
    promise: 'An order that needs attention is found by NeedsAttention.',
    code: {
      file: 'workflows/order/operator-view.ts',
      text: 'value: Boolean(attention)',
      instead: 'value: attention === undefined',
    },
    test: {
      file: 'workflows/order/attention.int.test.ts',
      name: 'asks for an operator, who sees the order, the step and a code',
    },
  },
  {
    promise: 'On retry what waits goes again at once, and who asked and why is kept.',
    code: {
      file: 'workflows/order/answer-messages.ts',
      text: "setHandler(retry, () => attention.answer('retry'));",
      instead: 'setHandler(retry, () => undefined);',
    },
    test: { file: 'api/order/operator-requests.int.test.ts', name: 'retry: what waits goes again now' },
  },
  {
    promise: 'What an operator settled is done again by no reset, to whatever moment of the order.',
    code: {
      file: 'workflows/order/order-journal.ts',
      text: 'return isAfterReset() ? this.#ask(step).then(go) : go();',
      instead: 'return go();',
    },
    test: {
      file: 'workflows/order/reset.int.test.ts',
      name: 'is not done by a reset to before a later attempt, and such an order is replayed',
    },
  },
  {
    promise: 'Nor by the undo that a repair begins: a refund that was paid by hand is not paid a second time.',
    code: {
      file: 'workflows/order/order-journal.ts',
      text: 'if (this.journal.settledBefore.includes(step)) throw new SettledBefore();',
      instead: '',
    },
    test: {
      file: 'workflows/reconciliation/settled.int.test.ts',
      name: 'is not paid again by the undo of a repair',
    },
  },
  {
    promise: 'What an operator completed by hand counts as settled.',
    code: {
      file: 'workflows/order/saga.ts',
      text: 'const byHand = entry.detail === undefined && wasByHand(name, result);',
      instead: 'const byHand = entry.detail !== undefined && wasByHand(name, result);',
    },
    test: {
      file: 'workflows/order/reset.int.test.ts',
      name: 'a refund that was completed by hand is not done again either',
    },
  },
  {
    promise: 'An order that an operator knows to be delivered is not undone after a reset.',
    code: {
      file: 'workflows/order/undo-order.ts',
      text: "|| journal.settledBefore.includes('await-delivery')",
      instead: '',
    },
    test: {
      file: 'workflows/order/reset.int.test.ts',
      name: 'a delivery stays delivered: who gives it up undoes nothing',
    },
  },
  {
    promise: 'Nor can its customer cancel it while its commit waits.',
    code: {
      file: 'workflows/order/carrier-reports.ts',
      text: 'this.#settled ||',
      instead: '',
    },
    test: {
      file: 'workflows/order/carrier-silence.int.test.ts',
      name: 'settled, and its commit waits: nobody can cancel what is delivered',
    },
  },
  {
    promise: 'What a run after a reset, or a repair, does again has a line of its own in the timeline.',
    code: {
      file: 'activities/order/order-activities.ts',
      text: 'const inItsRun = wasReset',
      instead: 'const inItsRun = wasReset && runId === firstRunId',
    },
    test: {
      file: 'workflows/reconciliation/settled.int.test.ts',
      name: 'is not paid again by a reset, and is told with what the books say',
    },
  },
  {
    promise: 'Nobody is told that a payment failed which was made, when its order is reset after its payment window.',
    code: {
      file: 'workflows/order/saga.ts',
      text: 'if (error instanceof StepTooLate && (await earlierRuns.hadPaid()))',
      instead: "if (error instanceof StepTooLate && error.message === '' && (await earlierRuns.hadPaid()))",
    },
    test: {
      file: 'workflows/order/reset.int.test.ts',
      name: 'of an order that was paid goes on: nobody is told that it was not',
    },
  },
  {
    promise: 'On settled the order goes on without what waits.',
    code: {
      file: 'workflows/order/answer-messages.ts',
      text: "setHandler(settled, () => attention.answer('settled'));",
      instead: "setHandler(settled, () => attention.answer('retry'));",
    },
    test: { file: 'api/order/operator-requests.int.test.ts', name: 'settled: the order goes on without what waits' },
  },
  {
    promise: 'On giveUp the order is undone.',
    code: {
      file: 'workflows/order/answer-messages.ts',
      text: "setHandler(giveUp, () => cancellation.request(requestedBy('operator')));",
      instead: 'setHandler(giveUp, () => undefined);',
    },
    test: { file: 'api/order/operator-requests.int.test.ts', name: 'give-up: the order is undone' },
  },
  {
    promise: 'An operator is answered 202 only when the Saga has heard what was asked.',
    code: {
      file: 'api/order/routes/operator-request.ts',
      text: 'throw serviceUnavailable(',
      instead: 'void serviceUnavailable(',
    },
    test: {
      file: 'api/order/operator-requests.int.test.ts',
      name: 'is not claimed to be heard while Temporal can not be reached',
    },
  },
  {
    promise: 'Each activity says in the Web UI what it is for.',
    code: { file: 'workflows/order/step-activities.ts', text: '      summary: `${step}: ${summary}`,\n', instead: '' },
    test: {
      file: 'workflows/order/real-server.int.test.ts',
      name: 'each activity says what it is for, and is missed after 4 s without a word of its worker',
    },
  },
  {
    promise: "Temporal's Web UI shows operators in clear what is encrypted in Temporal.",
    code: {
      file: 'api/codec/codec-routes.ts',
      text: 'router.use(allowOrigins(origins));',
      instead: 'void allowOrigins(origins);',
    },
    test: {
      file: 'tests/faults/one-app.e2e.test.ts',
      writtenIn: 'tests/faults/one-app/operators.ts',
      name: 'shows of an order that is stuck at',
    },
  },
  {
    promise:
      'A retry that comes in the moment before an order waits for the carrier has the delivery service asked at once.',
    code: {
      file: 'workflows/order/await-delivery.ts',
      text: 'let retries = attention.heededRetries;',
      instead: 'let { retries } = attention;',
    },
    test: {
      file: 'workflows/order/carrier-silence.int.test.ts',
      name: 'is read at once on a retry that came in the moment before the order waited',
    },
  },
  {
    promise:
      'Who cancels an order whose workflow was terminated is told that it has ended, and not that the carrier has it.',
    code: {
      file: 'api/order/routes/cancel-order.ts',
      text: "throw conflict('workflow-ended', ENDED);",
      instead: 'throw notCancellable();',
    },
    test: {
      file: 'api/order/stands-still.int.test.ts',
      name: 'is seen, and whoever cancels it or asks for it is told',
    },
  },
  {
    promise: 'Who asks for something of an order that waits says why.',
    code: {
      file: 'contracts/http/orders.ts',
      text: "note: lineSchema(1_000).meta({ description: 'Why; kept in the timeline, for admins.' })",
      instead: "note: lineSchema(1_000).default('-')",
    },
    test: { file: 'api/order/operator-requests.int.test.ts', name: 'is for admins, with a note' },
  },
  {
    promise: 'The numbers of the desk are for admins, and Prometheus is asked nothing but what is listed.',
    code: {
      file: 'contracts/http/order-operations.ts',
      text: "What is asked of it is fixed.',\n    access: 'admin',",
      instead: "What is asked of it is fixed.',\n    access: 'customer',",
    },
    test: { file: 'api/order/dashboard.int.test.ts', name: 'is for admins, and asks Prometheus for what is listed' },
  },
  {
    promise: 'Where no Prometheus answers, the desk is told so, and nothing else fails.',
    code: {
      file: 'api/order/routes/get-dashboard.ts',
      text: "throw unavailable('Prometheus can not be asked right now.');",
      instead: 'throw error;',
    },
    test: { file: 'api/order/dashboard.int.test.ts', name: 'says so where there is no Prometheus' },
  },
  {
    promise: 'A reconciliation asked for while one runs begins no second.',
    code: {
      file: 'api/order/routes/run-reconciliation.ts',
      text: 'trigger(ScheduleOverlapPolicy.SKIP)',
      instead: 'trigger(ScheduleOverlapPolicy.ALLOW_ALL)',
    },
    test: { file: 'api/order/reconciliation.int.test.ts', name: 'begins one run, however often it is asked for' },
  },
  {
    promise: 'What was found is told, and a reconciliation begun, for admins alone.',
    code: {
      file: 'contracts/http/order-operations.ts',
      text: "While one runs, no second begins.',\n    access: 'admin',",
      instead: "While one runs, no second begins.',\n    access: 'customer',",
    },
    test: { file: 'api/order/reconciliation.int.test.ts', name: 'is for admins, and is not to be had' },
  },
  {
    promise: 'A reconciliation that failed takes nothing away of what was found before, in the last ten.',
    code: {
      file: 'api/order/routes/get-reconciliation.ts',
      text: "if (state !== 'completed') continue;",
      instead: "if (state !== 'completed') break;",
    },
    test: { file: 'api/order/reconciliation.int.test.ts', name: 'begins one run, however often it is asked for' },
  },
];
