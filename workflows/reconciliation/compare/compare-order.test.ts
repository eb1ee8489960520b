import { describe, expect, it } from 'vitest';
import { SEEN_BEFORE, type OrderRecord } from '../../../contracts/activities/reconciliation.js';
import type { CarrierEvent } from '../../../contracts/http/deliveries.js';
import { isFinal, ORDER_STATUSES, type OrderStatus } from '../../../contracts/order-status.js';
import type { RecordsOfOrder } from '../gather-records.js';
import { compareOrder } from './compare-order.js';
import { compareStockLevel } from './compare-stock.js';
import { acknowledgedAs } from './finding.js';

const NOW = Date.parse('2026-01-31T12:00:00Z');
const LONG_AGO = '2026-01-31T11:00:00.000Z';

const orderIn = (status: OrderStatus, more: Partial<OrderRecord> = {}): OrderRecord => ({
  orderId: 'o',
  userId: 1,
  status,
  totalPrice: 1_000,
  currency: 'KRW',
  lines: [{ productId: 1, quantity: 2 }],
  createdAt: LONG_AGO,
  updatedAt: LONG_AGO,
  wasStarted: true,
  needsAttention: false,
  settled: [],
  acknowledged: [],
  ...more,
});

const RUNNING = { orderId: 'o', state: 'running', detail: 'RUNNING' } as const;

/** Records of one order: by their statuses, as the services would have them. */
function records(
  order: OrderRecord | undefined,
  { stock, payment, ledger, delivery, workflow }: Record<string, string | undefined> & { workflow?: string } = {},
  reported: CarrierEvent[] = [],
): RecordsOfOrder {
  const money = { amount: 1_000, currency: 'KRW' };
  const updatedAt = LONG_AGO;
  return {
    orderId: 'o',
    order,
    workflow:
      workflow === 'gone' || workflow === 'forgotten' ? { orderId: 'o', state: workflow, detail: 'none' } : RUNNING,
    stock: stock === undefined ? [] : [{ orderId: 'o', productId: 1, quantity: 2, status: stock, updatedAt }],
    payment:
      payment === undefined
        ? undefined
        : { orderId: 'o', paymentId: 'p', userId: 1, ...money, status: payment, updatedAt },
    ledger: ledger === undefined ? undefined : { orderId: 'o', chargeId: 'c', ...money, status: ledger },
    delivery:
      delivery === undefined
        ? undefined
        : { orderId: 'o', deliveryId: 'd', status: delivery, reported, updatedAt: LONG_AGO },
  };
}

const kindsOf = (of: RecordsOfOrder) => compareOrder(of, NOW).map(({ kind }) => kind);

describe('parts of a charge', () => {
  const part = (state: string, updatedAt = LONG_AGO) => ({ operationId: 'r', amount: 5, state, updatedAt });
  const there = (amount: number) => [{ operationId: 'r', amount }];
  const compared = (
    ours: ReturnType<typeof part>[] | undefined,
    theirs: ReturnType<typeof there> | undefined,
    status: OrderStatus = 'COMPLETED',
  ) => {
    const of = records(orderIn(status, { refunds: ['r'] }), {
      payment: 'CHARGED',
      ledger: 'CHARGED',
      stock: 'COMMITTED',
      delivery: 'DELIVERED',
    });
    if (of.payment && ours) of.payment.parts = ours;
    if (of.ledger && theirs) of.ledger.parts = theirs;
    return compareOrder(of, NOW)
      .filter(({ kind }) => kind.startsWith('part-'))
      .map(({ kind, repair, money }) => [kind, money?.amount, repair]);
  };

  it.each([
    ['DONE', 5, []],
    ['DONE', 4, [['part-differs', 1, undefined]]],
    ['DONE', undefined, [['part-not-at-provider', 5, undefined]]],
    ['REFUSED', undefined, []],
    ['REFUSED', 5, [['part-not-in-books', 5, undefined]]],
    ['PENDING', undefined, [['part-unanswered', 5, 'refund-parts']]],
    ['PENDING', 5, [['part-unanswered', 5, 'refund-parts']]],
  ] as const)('%s here, %j there', (state, amount, expected) => {
    const theirs = amount === undefined ? [] : there(amount);
    expect(compared([part(state)], theirs)).toEqual(expected);
    // The Saga knows nothing of them.
    expect(compared([part(state)], theirs, 'DELIVERY_STARTED')).toEqual(expected);
  });

  it('that went back ten minutes ago are told to their order, unless a version tells of none', () => {
    const untold = (refunds: string[] | undefined, updatedAt = LONG_AGO) => {
      const of = records(orderIn('COMPLETED', refunds && { refunds }), {
        ...{ payment: 'CHARGED', ledger: 'CHARGED', stock: 'COMMITTED', delivery: 'DELIVERED' },
      });
      if (of.payment) of.payment.parts = [part('DONE', updatedAt)];
      if (of.ledger) of.ledger.parts = there(5);
      return compareOrder(of, NOW)
        .filter(({ kind }) => kind.startsWith('part-'))
        .map(({ kind, repair }) => [kind, repair]);
    };
    expect(untold([])).toEqual([['part-untold', 'refund-parts']]);
    expect(untold(['another'])).toEqual([['part-untold', 'refund-parts']]);
    expect(untold([], new Date(NOW - 60_000).toISOString())).toEqual([]);
    expect(untold(undefined)).toEqual([]);
  });

  it('that the provider alone has are told', () => {
    expect(compared([], there(5))).toEqual([['part-not-in-books', 5, undefined]]);
  });

  it('are waited for ten minutes, and by a version that tells none not held against anybody', () => {
    expect(compared([part('PENDING', new Date(NOW - 60_000).toISOString())], there(5))).toEqual([]);
    expect(compared(undefined, there(5))).toEqual([]);
    expect(compared([part('DONE')], undefined)).toEqual([]);
  });
});

describe('goods that were to go back to stock', () => {
  const restock = (more: { isTold?: boolean; refundedAt?: string; restocks?: string[] | undefined } = {}) => {
    const { isTold = false, refundedAt = new Date(NOW - 3_600_000).toISOString() } = more;
    const order = orderIn('COMPLETED');
    const wanted = { operationId: 'ref_1', orderId: order.orderId, lines: order.lines, refundedAt, isTold };
    const of = records(
      { ...order, restocks: [wanted] },
      { stock: 'COMMITTED', payment: 'CHARGED', ledger: 'CHARGED', delivery: 'DELIVERED' },
    );
    const restocks = 'restocks' in more ? more.restocks : ['ref_1'];
    const stock = of.stock.map((row) => ({ ...row, ...(restocks && { restocks }) }));
    return compareOrder({ ...of, stock }, NOW)
      .filter(({ kind }) => kind === 'restock-missing')
      .map(({ kind, repair }) => [kind, repair]);
  };
  const missing = [['restock-missing', 'restock-goods']];

  it('are found where stock has them not, or their order does not know, ten minutes after the money', () => {
    expect(restock({ isTold: true })).toEqual([]);
    expect(restock()).toEqual(missing);
    expect(restock({ isTold: true, restocks: [] })).toEqual(missing);
    expect(restock({ isTold: true, restocks: ['another'] })).toEqual(missing);
    expect(restock({ refundedAt: new Date(NOW - 60_000).toISOString() })).toEqual([]);
    expect(restock({ restocks: undefined })).toEqual([]);
  });
});

const STOCK = [undefined, 'HELD', 'RELEASED', 'COMMITTED', 'RETURNED', 'REFUSED'];
const PAYMENT = [undefined, 'PENDING', 'AUTHORISED', 'CHARGED', 'DECLINED', 'REFUNDED', 'VOIDED'];
const LEDGER = [undefined, 'HELD', 'CHARGED', 'DECLINED', 'REFUNDED', 'VOIDED'];
const DELIVERY = [
  undefined,
  'PENDING',
  'STARTED',
  'IN_TRANSIT',
  'DELIVERED',
  'RETURNED',
  'CANCELLED',
  'REFUSED',
  'VOIDED',
];

const everything = STOCK.flatMap((stock) =>
  PAYMENT.flatMap((payment) =>
    LEDGER.flatMap((ledger) => DELIVERY.map((delivery) => ({ stock, payment, ledger, delivery }))),
  ),
);

describe('records that are as they should be', () => {
  it.each(['PENDING', 'CANCELLING'] as const)(
    '%s with a workflow that runs: whatever there is, it sees to it',
    (status) => {
      expect(everything.flatMap((some) => kindsOf(records(orderIn(status), some)))).toEqual([]);
    },
  );

  it('COMPLETED: one combination alone', () => {
    const right = everything.filter(
      (some) => kindsOf(records(orderIn('COMPLETED', { updatedAt: new Date(NOW).toISOString() }), some)).length === 0,
    );
    expect(right).toEqual([{ stock: 'COMMITTED', payment: 'CHARGED', ledger: 'CHARGED', delivery: 'DELIVERED' }]);
  });

  it('CANCELLED: any that holds no unit, no money and no parcel', () => {
    const order = orderIn('CANCELLED', { updatedAt: new Date(NOW).toISOString() });
    const right = everything.filter((some) => kindsOf(records(order, some)).length === 0);
    expect(new Set(right.map(({ stock }) => stock))).toEqual(new Set([undefined, 'RELEASED', 'RETURNED', 'REFUSED']));
    expect(new Set(right.map(({ delivery }) => delivery))).toEqual(
      new Set([undefined, 'RETURNED', 'CANCELLED', 'REFUSED', 'VOIDED']),
    );
    const books = new Set(right.map(({ payment, ledger }) => `${payment ?? 'none'}/${ledger ?? 'none'}`));
    expect([...books].filter((pair) => /CHARGED|PENDING|AUTHORISED|HELD/.test(pair))).toEqual([]);
    expect(books).toContain('REFUNDED/REFUNDED');
    expect([...books].filter((pair) => pair.includes('REFUNDED'))).toEqual(['REFUNDED/REFUNDED']);
  });

  it('what was settled elsewhere is not looked for', () => {
    const settled = ['commit-stock', 'charge-payment', 'start-delivery'].map((step) => ({ step, at: LONG_AGO }));
    const order = orderIn('COMPLETED', { settled, updatedAt: new Date(NOW).toISOString() });
    expect(kindsOf(records(order))).toEqual([]);
  });

  it('a delivery that an operator knew of is not looked for', () => {
    const order = orderIn('COMPLETED', { settled: [{ step: 'await-delivery', at: LONG_AGO }] });
    const books = { stock: 'COMMITTED', payment: 'CHARGED', ledger: 'CHARGED', workflow: 'forgotten' };
    expect(kindsOf(records(order, { ...books, delivery: 'STARTED' }))).toEqual([]);
  });
});

describe('a payment that the order names', () => {
  const undone = { payment: 'VOIDED', ledger: 'VOIDED', workflow: 'forgotten' };
  const done = {
    ...{ payment: 'CHARGED', ledger: 'CHARGED', stock: 'COMMITTED', delivery: 'DELIVERED' },
    workflow: 'forgotten',
  };

  it('is its own', () => {
    expect(kindsOf(records(orderIn('COMPLETED', { paymentId: 'p' }), done))).toEqual([]);
    expect(kindsOf(records(orderIn('CANCELLED', { paymentId: 'p' }), undone))).toEqual([]);
  });

  it('and that is none of its own, is named: paid elsewhere, or given back by nobody', () => {
    const by = (status: OrderStatus, books: Parameters<typeof records>[1]) =>
      kindsOf(records(orderIn(status, { paymentId: 'by_hand' }), books));
    expect(by('COMPLETED', done)).toEqual(['payment-differs']);
    expect(by('CANCELLED', undone)).toEqual(['payment-differs']);
    expect(by('CANCELLED', { workflow: 'forgotten' })).toEqual(['payment-differs']);
    // Nothing of ours was charged, which says as much.
    expect(by('COMPLETED', { ...done, payment: undefined, ledger: undefined })).toEqual(['payment-missing']);
  });
});

describe('the workflow', () => {
  it.each(ORDER_STATUSES.filter((status) => !isFinal(status)))('gone while %s: the order is undone', (status) => {
    const [found, ...more] = compareOrder(
      records(orderIn(status), { workflow: 'gone', stock: 'HELD', payment: 'PENDING', ledger: 'CHARGED' }),
      NOW,
    );
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      kind: 'workflow-gone',
      units: 2,
      money: { amount: 1_000, currency: 'KRW' },
      repair: 'undo-order',
    });
  });

  it.each(ORDER_STATUSES.filter((status) => !isFinal(status)))('forgotten while %s: nothing is undone', (status) => {
    const found = compareOrder(records(orderIn(status), { workflow: 'forgotten', stock: 'HELD' }), NOW);
    expect(found.map(({ kind, repair }) => [kind, repair])).toEqual([['workflow-gone', undefined]]);
  });

  it('never started is told only when nobody can be about to start it', () => {
    const young = new Date(NOW - 5_000).toISOString();
    const of = (createdAt: string) =>
      records(orderIn('PENDING', { wasStarted: false, createdAt }), { workflow: 'gone' });
    expect(kindsOf(of(young))).toEqual([]);
    expect(kindsOf(of(LONG_AGO))).toEqual(['workflow-never-started']);
  });
});

describe('a payment that is pending', () => {
  const waits = (ledger: string | undefined, more: Partial<OrderRecord> = {}, changedAt = LONG_AGO) => {
    const of = records(orderIn('INVENTORY_RESERVED', more), { stock: 'HELD', payment: 'PENDING', ledger });
    if (of.ledger) of.ledger.changedAt = changedAt;
    return compareOrder(of, NOW).map(({ kind, repair }) => [kind, repair]);
  };

  it('is nothing to find, for however long', () => {
    expect(waits(undefined)).toEqual([]);
  });

  it.each(['CHARGED', 'DECLINED'])('%s at the provider, and its order was not told', (ledger) => {
    const recently = new Date(NOW - 60_000).toISOString();
    expect(waits(ledger)).toEqual([['payment-unheard', 'tell-order']]);
    expect(waits(ledger, {}, recently)).toEqual([]);
    expect(waits(ledger, { updatedAt: recently })).toEqual([]);
    // It had waited for a day, so it asks again only after a tenth of one.
    const [anHourAgo, aDayBefore] = [1, 25].map((hours) => new Date(NOW - hours * 3_600_000).toISOString());
    expect(waits(ledger, { updatedAt: aDayBefore }, anHourAgo)).toEqual([]);
    // It asks, and gets no answer: an operator knows.
    expect(waits(ledger, { needsAttention: true, attentionStep: 'charge-payment' })).toEqual([]);
  });
});

describe('money that is held', () => {
  const found = (status: OrderStatus, payment: string, ledger: string | undefined, more: Partial<OrderRecord> = {}) =>
    compareOrder(
      records(orderIn(status, { updatedAt: new Date(NOW).toISOString(), ...more }), {
        payment,
        ledger,
        ...(status === 'COMPLETED' && { stock: 'COMMITTED', delivery: 'DELIVERED' }),
        ...(status === 'CANCELLED' ? { stock: 'RELEASED' } : { stock: status === 'COMPLETED' ? 'COMMITTED' : 'HELD' }),
      }),
      NOW,
    ).map(({ kind, repair }) => [kind, repair]);

  it.each(['PAYMENT_COMPLETED', 'DELIVERY_STARTED'] as const)(
    'is nothing to find at %s, also while it is captured',
    (status) => {
      expect(found(status, 'AUTHORISED', 'HELD')).toEqual([]);
      expect(found(status, 'AUTHORISED', 'CHARGED')).toEqual([]);
      expect(found(status, 'CHARGED', 'CHARGED')).toEqual([]);
    },
  );

  it('is found where the provider holds it no more, or says that it never took it', () => {
    for (const ledger of ['DECLINED', 'VOIDED', undefined])
      expect(found('DELIVERY_STARTED', 'AUTHORISED', ledger)).toEqual([['charge-unknown-to-provider', undefined]]);
    expect(found('COMPLETED', 'CHARGED', 'HELD')).toEqual([['charge-unknown-to-provider', undefined]]);
  });

  it('is found for good where its order is over: not captured, not written down, or not let go of', () => {
    expect(found('COMPLETED', 'AUTHORISED', 'HELD')).toEqual([['payment-not-captured', 'capture-payment']]);
    expect(found('COMPLETED', 'AUTHORISED', 'CHARGED')).toEqual([['charge-not-in-books', 'record-payment']]);
    expect(found('CANCELLED', 'AUTHORISED', 'HELD')).toEqual([['payment-not-refunded', 'refund-payment']]);
    expect(found('CANCELLED', 'VOIDED', 'HELD')).toEqual([['charge-not-in-books', 'refund-payment']]);
    expect(found('CANCELLED', 'REFUNDED', 'HELD')).toEqual([['refund-not-at-provider', 'refund-payment']]);
    expect(kindsOf(records(undefined, { ledger: 'HELD' }))).toEqual(['charge-without-order']);
    expect(kindsOf(records(undefined, { payment: 'AUTHORISED' }))).toEqual(['payment-without-order']);
  });

  it('that is left where an operator has settled its payment is let go of; what was captured after that is told', () => {
    const settled = (at: string) => ({ settled: [{ step: 'capture-payment', at }] });
    const heldBeside = [['hold-not-released', 'refund-payment']];
    expect(found('COMPLETED', 'AUTHORISED', 'HELD', settled(LONG_AGO))).toEqual(heldBeside);
    expect(found('DELIVERY_STARTED', 'AUTHORISED', 'HELD', settled(LONG_AGO))).toEqual([]);
    const charge = { settled: [{ step: 'charge-payment', at: LONG_AGO }] };
    expect(found('COMPLETED', 'AUTHORISED', 'HELD', charge)).toEqual(heldBeside);
    expect(found('COMPLETED', 'CHARGED', 'CHARGED', settled('2026-01-31T10:00:00.000Z'))).toEqual([
      ['settled-and-done', undefined],
    ]);
  });
});

describe('what the carrier has said', () => {
  const shipped = { stock: 'HELD', payment: 'CHARGED', ledger: 'CHARGED' };
  const waits = (delivery: string, more: Partial<OrderRecord> = {}) =>
    kindsOf(records(orderIn('DELIVERY_STARTED', more), { ...shipped, delivery }));

  it.each(['DELIVERED', 'RETURNED'])('%s, and an order that waits on was not told', (delivery) => {
    expect(waits(delivery)).toEqual(['delivery-unheard']);
    expect(waits(delivery, { needsAttention: true, attentionStep: 'await-delivery' })).toEqual(['delivery-unheard']);
    // It was: what that brings about has failed, and an operator knows.
    expect(waits(delivery, { needsAttention: true, attentionStep: 'commit-stock' })).toEqual([]);
    expect(waits(delivery, { updatedAt: new Date(NOW - 60_000).toISOString() })).toEqual([]);
  });

  it('RETURNED ends the wait for a capture, so an order that was not told is named', () => {
    const captures = { needsAttention: true, attentionStep: 'capture-payment' };
    expect(waits('RETURNED', captures)).toEqual(['delivery-unheard']);
    expect(waits('DELIVERED', captures)).toEqual([]);
  });

  it.each(['STARTED', 'IN_TRANSIT'])('%s keeps an order waiting', (delivery) => {
    expect(waits(delivery)).toEqual([]);
  });

  it('after it had agreed to call it off, or after another end, is named', () => {
    const undone = { stock: 'RELEASED', payment: 'REFUNDED', ledger: 'REFUNDED' };
    const of = (delivery: string, reported: CarrierEvent[]) =>
      kindsOf(records(orderIn('CANCELLED'), { ...undone, delivery, workflow: 'gone' }, reported));
    expect(of('CANCELLED', ['in_transit'])).toEqual([]);
    expect(of('CANCELLED', ['delivered'])).toEqual(['delivered-but-cancelled']);
    expect(of('VOIDED', ['delivered'])).toEqual(['delivered-but-cancelled']);
    const sold = { stock: 'COMMITTED', payment: 'CHARGED', ledger: 'CHARGED', delivery: 'DELIVERED', workflow: 'gone' };
    expect(kindsOf(records(orderIn('COMPLETED'), sold, ['delivered', 'returned']))).toEqual(['returned-but-completed']);
  });
});

describe('a stock level', () => {
  it('is what its reservations hold, and never below nothing', () => {
    const of = (quantity: number, reserved: number, held: number) =>
      compareStockLevel({ productId: 1, quantity, reserved, held }).map(({ kind, units }) => `${kind} ${units}`);
    expect(of(5, 2, 2)).toEqual([]);
    expect(of(5, 3, 2)).toEqual(['stock-level-differs 1']);
    expect(of(-2, 0, 0)).toEqual(['stock-negative 2']);
  });
});

describe('a step that was settled', () => {
  const [before, after] = ['2026-01-31T10:00:00.000Z', '2026-01-31T11:30:00.000Z'];
  const cancelled = { payment: 'REFUNDED', ledger: 'REFUNDED', stock: 'RELEASED', workflow: 'forgotten' };
  const completed = {
    ...{ payment: 'CHARGED', ledger: 'CHARGED', stock: 'COMMITTED', delivery: 'DELIVERED' },
    workflow: 'forgotten',
  };

  it.each([
    ['refund-payment', 'CANCELLED', cancelled],
    ['release-stock', 'CANCELLED', cancelled],
    ['charge-payment', 'COMPLETED', completed],
    ['commit-stock', 'COMPLETED', completed],
  ] as const)('%s, and done afterwards, was done twice; done before, nobody had heard of it', (step, status, books) => {
    const kindsWhen = (at: string) => kindsOf(records(orderIn(status, { settled: [{ step, at }] }), books));
    expect(kindsWhen(before)).toEqual(['settled-and-done']);
    expect(kindsWhen(after)).toEqual([]);
  });

  it.each([
    ['charge-payment', 'COMPLETED', completed],
    ['refund-payment', 'CANCELLED', cancelled],
  ] as const)('%s: money that was pending then, and came all the same, is seen', (step, status, books) => {
    const settled = [{ step, at: before }];
    const of = records(orderIn(status, { settled }), { ...books, payment: 'PENDING', ledger: 'CHARGED' });
    const came = (changedAt: string) => kindsOf({ ...of, ledger: of.ledger && { ...of.ledger, changedAt } });
    expect(came(after)).toEqual(['settled-and-done']);
    expect(came('2026-01-31T09:00:00.000Z')).toEqual([]);
  });

  it('and done twice, is told no more once an operator has put it right; done again, it is', () => {
    const settled = [{ step: 'refund-payment', at: before }];
    const found = compareOrder(records(orderIn('CANCELLED', { settled }), cancelled), NOW);
    const acknowledged = found.map(acknowledgedAs);
    const then = records(orderIn('CANCELLED', { settled, acknowledged }), cancelled);
    expect(compareOrder(then, NOW)).toEqual([]);
    const again = { ...then, payment: then.payment && { ...then.payment, updatedAt: after } };
    expect(kindsOf(again)).toEqual(['settled-and-done']);
  });
});

it('a finding that was acknowledged is told no more when Temporal has forgotten the workflow', () => {
  const ended = (detail: string, acknowledged: string[] = []): RecordsOfOrder => ({
    ...records(orderIn('CANCELLING', { acknowledged })),
    workflow: { orderId: 'o', state: 'completed', detail, orderStatus: 'COMPLETED' },
  });
  const found = compareOrder(ended('COMPLETED'), NOW);
  expect(found.map(({ kind, repair }) => [kind, repair])).toEqual([['status-differs', undefined]]);
  expect(compareOrder(ended(`COMPLETED${SEEN_BEFORE}`, found.map(acknowledgedAs)), NOW)).toEqual([]);
});

it('an order that is not accounted for is looked at in all else where that was acknowledged', () => {
  const forgotten = { workflow: 'forgotten', stock: 'HELD', payment: 'VOIDED' };
  const found = compareOrder(records(orderIn('DELIVERY_STARTED'), forgotten), NOW);
  const order = orderIn('DELIVERY_STARTED', { acknowledged: found.map(acknowledgedAs) });
  expect(kindsOf(records(order, forgotten))).toEqual(['payment-missing']);
});
