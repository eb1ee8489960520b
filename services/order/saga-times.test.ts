import { expect, it } from 'vitest';
import { z } from 'zod';
import type { StoredOrder } from './order-row.js';
import { sagaStart, sagaTimesFrom, sagaTimeSettings } from './saga-start.js';

it('without settings: an operator after 2 minutes or 14 silent days, payment within 15 minutes, the delivery asked for every 6 hours', () => {
  expect(sagaTimesFrom(z.object(sagaTimeSettings).parse({}))).toEqual({
    attentionAfterMs: 120_000,
    paymentWindowMs: 900_000,
    paymentAskedEveryMs: 300_000,
    carrierSilenceMs: 1_209_600_000,
    deliveryAskedEveryMs: 21_600_000,
    reviewWindowMs: 86_400_000,
  });
});

it('an order is reviewed for what it costs only where it is said from how much on', () => {
  const times = sagaTimesFrom(z.object(sagaTimeSettings).parse({ REVIEW_ABOVE: '1000000', REVIEW_WINDOW: '12h' }));
  expect(times).toMatchObject({ reviewAbove: 1_000_000, reviewWindowMs: 43_200_000 });
  expect(z.object(sagaTimeSettings).safeParse({ REVIEW_ABOVE: '0' }).success).toBe(false);
});

it.each([['at_hand_over'], [null]] as const)(
  'an order that was placed to be paid %s goes on so, whatever is set now',
  (paymentCapture) => {
    const order = { id: 'ord_1', userId: 1, lines: [] };
    const times = sagaTimesFrom(z.object(sagaTimeSettings).parse({ PAYMENT_CAPTURE: 'at_hand_over' }));
    const stored = { order, paymentMethod: 'card_ok', paymentCapture } as unknown as StoredOrder;
    const [input] = sagaStart(stored, { times, searchAttributesOf: () => [] }).args;
    expect('paymentCapture' in input ? input.paymentCapture : null).toBe(paymentCapture);
  },
);

it.each([
  ['card_ok', 900_000],
  ['bank_transfer', 259_200_000],
  ['bank_transfer_unpaid', 60_000],
  ['toString', 900_000],
])('an order by %s has %i ms to be paid', (paymentMethod, paymentWindowMs) => {
  const order = {
    id: 'ord_1',
    userId: 1,
    lines: [],
    currency: 'KRW',
    totalPrice: 1,
    createdAt: '',
    userVerified: true,
  };
  const times = sagaTimesFrom(z.object(sagaTimeSettings).parse({}));
  const stored = { order, paymentMethod } as unknown as StoredOrder;
  const [input] = sagaStart(stored, { times, searchAttributesOf: () => [] }).args;
  expect(input).toMatchObject({ paymentMethod, paymentWindowMs });
});
