import type { Guard } from './guard.js';

/** Reconciliation. */
export const reconcile: Guard[] = [
  {
    promise: 'What a workflow had finished is never undone by a repair, also when Temporal has forgotten how it ended.',
    code: {
      file: 'workflows/reconciliation/reconciliation.ts',
      text: 'if (known.length > 0) await',
      instead: 'if (known.length > 1_000) await',
    },
    test: {
      file: 'workflows/reconciliation/reconciliation.int.test.ts',
      name: 'is known after Temporal has forgotten it: finished work is never undone',
    },
  },
  {
    promise: 'Where nobody looked for as long as Temporal keeps a workflow, it is not guessed how it ended.',
    code: {
      file: 'activities/order/workflow-records.ts',
      text: 'Date.now() - seenAt < retentionMs',
      instead: 'seenAt < retentionMs',
    },
    test: {
      file: 'workflows/reconciliation/reconciliation.int.test.ts',
      name: 'is not guessed when nobody has looked for as long as Temporal keeps it',
    },
  },
  {
    promise: 'A reconciliation follows what changed: its time does not grow with the orders that are over.',
    code: {
      file: 'services/order/reconciliation-reader.ts',
      text: 'return new Date(last.getTime() - OVERLAP_MS);',
      instead: 'return new Date(last.getTime() - OVERLAP_MS * 1_000_000);',
    },
    test: {
      file: 'workflows/reconciliation/changed.int.test.ts',
      name: 'leaves what is over and was found clean, however much there is',
    },
  },
  {
    promise: 'Each pass names again what one before it found, until it is put right.',
    code: {
      file: 'workflows/reconciliation/reconciliation.ts',
      text: 'if (unclean.length > 0)',
      instead: 'if (unclean.length > 1_000)',
    },
    test: {
      file: 'workflows/reconciliation/changed.int.test.ts',
      name: 'names what it found before again, until it is put right, and what comes late',
    },
  },
  {
    promise: 'What a service writes late of an order that is over is compared, though the order has not changed.',
    code: {
      file: 'workflows/reconciliation/reconciliation.ts',
      text: 'since === undefined || !isFinal(row.status) || row.updatedAt >= since',
      instead: "since !== ''",
    },
    test: {
      file: 'workflows/reconciliation/changed.int.test.ts',
      name: 'names what it found before again, until it is put right, and what comes late',
    },
  },
  {
    promise: 'Once in RECONCILE_ALL_EVERY a pass looks at everything.',
    code: {
      file: 'services/order/reconciliation-reader.ts',
      text: '(wanted === undefined && allIsDue)',
      instead: '(wanted === undefined && allIsDue && allEveryMs < 0)',
    },
    test: {
      file: 'workflows/reconciliation/changed.int.test.ts',
      name: 'becomes one over everything when there was none for a week',
    },
  },
  {
    promise: 'Who reconciles an order that does not exist is told so.',
    code: {
      file: 'workflows/reconciliation/reconciliation.ts',
      text: '.filter((records) => !isKnown(records))',
      instead: '.filter((records) => !isKnown(records) && false)',
    },
    test: {
      file: 'workflows/reconciliation/reconciliation.int.test.ts',
      name: 'and that nobody has heard of is said to be none',
    },
  },
  {
    promise: 'No workflow ever has two local activities under way, which it could not be replayed with.',
    code: {
      file: 'workflows/reconciliation/reconciliation.ts',
      text: 'for (const one of confirmed) {',
      instead: 'for (const one of (repair && (await Promise.all(confirmed.map(repairOrder))), confirmed)) {',
    },
    test: {
      file: 'workflows/reconciliation/reconciliation.int.test.ts',
      name: 'is repaired where that is safe, which it says; the rest stays named',
    },
  },
  {
    promise: 'A delivery that has ended while its order waits on is named, and the order told.',
    code: {
      file: 'workflows/reconciliation/compare/compare-order.ts',
      text: "(state === 'DELIVERED' || state === 'RETURNED');",
      instead: "state === 'RETURNED';",
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: ', and an order that waits on was not told',
    },
  },
  {
    promise: 'What a carrier delivers after it agreed to call it off is named.',
    code: {
      file: 'workflows/reconciliation/compare/compare-order.ts',
      text: "state === 'DELIVERED' || reported.includes('delivered')",
      instead: "state === 'DELIVERED'",
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'after it had agreed to call it off, or after another end, is named',
    },
  },
  {
    promise: 'An order that is final leaves no unit, no money and no parcel that its status does not account for.',
    code: {
      file: 'workflows/reconciliation/compare/compare-order.ts',
      text: '...compareStock(records),',
      instead: '...compareStock(records).slice(1),',
    },
    test: { file: 'workflows/reconciliation/compare/compare-order.test.ts', name: 'COMPLETED: one combination alone' },
  },
  {
    promise: "The provider's ledger is held against our books: money that stands in one of them alone is named.",
    code: {
      file: 'workflows/reconciliation/compare/compare-order.ts',
      text: 'untold(compareLedger(records));',
      instead: 'untold(compareLedger(records).slice(1));',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'CANCELLED: any that holds no unit, no money and no parcel',
    },
  },
  {
    promise: 'An order whose workflow was terminated or deleted is named, with the units and the money that it holds.',
    code: {
      file: 'workflows/reconciliation/compare/compare-order.ts',
      text: "if (order.wasStarted) return of('workflow-gone', 'undo-order');",
      instead: '',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'the workflow gone while DELIVERY_STARTED: the order is undone',
    },
  },
  {
    promise: 'An order that is under way is no false alarm: its running workflow sees to whatever its steps hold.',
    code: {
      file: 'workflows/reconciliation/compare/compare-money.ts',
      text: 'if (difference === undefined || isExplained) return [];',
      instead: 'if (difference === undefined || (isExplained && order === undefined)) return [];',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'records that are as they should be PENDING with a workflow that runs: whatever there is, it sees to it',
    },
  },
  {
    promise: 'What changes between two looks is no finding: only what rests is told.',
    code: {
      file: 'workflows/reconciliation/report.ts',
      text: 'let left = suspects;',
      instead:
        'let left = suspects;\n  for (const records of left) confirmed.push({ records, findings: compareOrder(records, Date.now()) });',
    },
    test: { file: 'workflows/reconciliation/reconciliation.int.test.ts', name: 'is no finding when it is gone' },
  },
  {
    promise: 'A reconciliation asks everybody for every kind of record: one of each kind of damage is named.',
    code: {
      file: 'workflows/reconciliation/reconciliation.ts',
      text: 'for (const source of RECORD_SOURCES.slice(RECORD_SOURCES.indexOf(place.source))) {',
      instead: 'for (const source of RECORD_SOURCES.slice(RECORD_SOURCES.indexOf(place.source), 1)) {',
    },
    test: {
      file: 'workflows/reconciliation/reconciliation.int.test.ts',
      name: 'of each kind is named, and nothing else',
    },
  },
  {
    promise: 'Each part of a charge that the provider has given back is held against our own books, by its id.',
    code: {
      file: 'workflows/reconciliation/compare/compare-money.ts',
      text: 'const theirs = ledger?.parts ?? [];',
      instead: 'const theirs = ledger?.parts?.slice(ours.length, 0) ?? [];',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'that the provider alone has are told',
    },
  },
  {
    promise:
      'A part of a charge that went back is told to its order by a repair, where a death kept it from being told.',
    code: {
      file: 'workflows/reconciliation/compare/compare-money.ts',
      text: 'order?.refunds?.includes(id) === false',
      instead: 'order?.refunds?.includes(id) === undefined',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'that went back ten minutes ago are told to their order, unless a version tells of none',
    },
  },
  {
    promise: 'What is safe to repair is repaired, and says so; all else is left as it is.',
    code: {
      file: 'workflows/reconciliation/repair-order.ts',
      text: '?? (await repair(finding.repair, row))',
      instead: "?? (tried.length > 99 ? await repair(finding.repair, row) : '')",
    },
    test: { file: 'workflows/reconciliation/reconciliation.int.test.ts', name: 'is repaired where that is safe' },
  },
  {
    promise: 'A schedule reconciles every so often, and one that an operator has paused stays so at the next start.',
    code: {
      file: 'stack/setup/temporal.ts',
      text: 'update(({ state }) => ({ ...plan, state }))',
      instead: 'update(() => ({ ...plan, state: { paused: false } }))',
    },
    test: { file: 'stack/setup/schedules.int.test.ts', name: 'reconciles every so often' },
  },
  {
    promise: 'npm run reconcile ends with 1 on any finding.',
    code: {
      file: 'workers/reconcile.ts',
      text: 'totalOf(report.counts) === 0 ? 0 : 1;',
      instead: '0;',
    },
    test: {
      file: 'tests/faults/one-app.e2e.test.ts',
      writtenIn: 'tests/faults/one-app/operators.ts',
      name: 'npm run reconcile names an order whose workflow is gone, undoes it and says so',
    },
  },
  {
    promise: 'A charge that landed after its order was undone is named, and given back by a repair.',
    code: {
      file: 'workflows/reconciliation/compare/compare-money.ts',
      text: "if (stage === 'undone') return 'refund-payment';",
      instead: '',
    },
    test: { file: 'workflows/reconciliation/reconciliation.int.test.ts', name: 'is repaired where that is safe' },
  },
  {
    promise: 'Records are listed page by page to the last one, over as many runs as that takes.',
    code: {
      file: 'workflows/reconciliation/reconciliation.ts',
      text: 'if (ids.length < pageSize) break;',
      instead: 'break;',
    },
    test: {
      file: 'workflows/reconciliation/reconciliation.int.test.ts',
      name: 'of each kind is named, and nothing else',
    },
  },
  {
    promise:
      'What was done although an operator had settled it is named, and what was settled is told with what the books say.',
    code: {
      file: 'workflows/reconciliation/compare/compare-order.ts',
      text: 'Date.parse(updatedAt) > Date.parse(at)',
      instead: 'Date.parse(updatedAt) < 0 && at === updatedAt',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'and done afterwards, was done twice; done before, nobody had heard of it',
    },
  },
  {
    promise: 'A repair of an order whose workflow is gone is made at the first asking.',
    code: {
      file: 'workflows/reconciliation/gather-records.ts',
      text: "return key === ('detail' satisfies keyof WorkflowRecord) ? undefined : value;",
      instead: "return key === '' && typeof value === 'string' ? undefined : value;",
    },
    test: {
      file: 'workflows/reconciliation/settled.int.test.ts',
      name: 'is not paid again by the undo of a repair',
    },
  },
  {
    promise:
      'What an operator has put right and acknowledged is told no more, and what stands otherwise later is told again.',
    code: {
      file: 'workflows/reconciliation/compare/finding.ts',
      text: "return `${kind}: ${detail.replace(SEEN_BEFORE, '')}`;",
      instead: "return `${kind}: ${detail === SEEN_BEFORE ? '' : kind}`;",
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'and done twice, is told no more once an operator has put it right; done again, it is',
    },
  },
  {
    promise: 'Goods of a refund that never came back to stock, or of which its order was not told, are found.',
    code: {
      file: 'workflows/reconciliation/compare/compare-stock.ts',
      text: 'if ((isBooked && isTold) ||',
      instead: 'if (isTold ||',
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'are found where stock has them not, or their order does not know, ten minutes after the money',
    },
  },
  {
    promise: 'An acknowledgement is written down with who says so and why, and read by each reconciliation after it.',
    code: {
      file: 'services/order/reconciliation-reader.ts',
      text: 'OR: [{ detail: SETTLED_DETAIL }, { step: ACKNOWLEDGED }]',
      instead: 'OR: [{ detail: SETTLED_DETAIL }, { step: ACKNOWLEDGED, note: null }]',
    },
    test: {
      file: 'workflows/reconciliation/settled.int.test.ts',
      name: 'is told until an operator acknowledges it, who stands in the timeline; twice is as once',
    },
  },
  {
    promise: 'A row that stood still learns by a repair how its workflow ended, also when Temporal has forgotten it.',
    code: {
      file: 'activities/order/reconciliation-activities.ts',
      text: 'if (kept) return kept;',
      instead: "if (kept && orderId === '') return kept;",
    },
    test: {
      file: 'workflows/reconciliation/reconciliation.int.test.ts',
      name: 'is written into the row by a repair, also when Temporal has forgotten it',
    },
  },
  {
    promise: "A payment that an order names and that is not its own in the payment service's books is named.",
    code: {
      file: 'workflows/reconciliation/compare/compare-money.ts',
      text: 'order.paymentId === undefined || order.paymentId === payment?.paymentId',
      instead: "order.paymentId !== ''",
    },
    test: {
      file: 'workflows/reconciliation/compare/compare-order.test.ts',
      name: 'and that is none of its own, is named: paid elsewhere, or given back by nobody',
    },
  },
];
