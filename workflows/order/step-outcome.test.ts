import { describe, expect, it } from 'vitest';
import { textsIn, writtenAt } from './step-outcome.js';

describe('the result of a step', () => {
  it.each([
    ['as its service gives it', { paymentId: 'pay_1', more: 1 }, { paymentId: 'pay_1' }],
    ['in the text that tctl sends', '{"paymentId":"pay_1"}', { paymentId: 'pay_1' }],
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['{}', {}, {}],
    ['a text', 'done', {}],
    ['an empty text', '', {}],
    ['a number', 7, {}],
    ['a list', ['pay_1'], {}],
    ['an id that is none', { paymentId: 7 }, {}],
    ['an id that no row takes', { paymentId: 'pay\0' }, {}],
  ])('%s', (_, result, texts) => {
    expect(textsIn(result, 'paymentId')).toEqual(texts);
  });
});

describe('when a record was written', () => {
  it('is what it says', () => {
    expect(writtenAt({ updatedAt: '2026-01-01T00:00:00.000Z' })).toBe('2026-01-01T00:00:00.000Z');
  });

  it.each([undefined, null, {}, 'done', { updatedAt: 'yesterday' }])('is now, for %j', (result) => {
    expect(Date.now() - Date.parse(writtenAt(result))).toBeLessThan(5_000);
  });
});
