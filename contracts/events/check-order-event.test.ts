import { describe, expect, it } from 'vitest';

import { TOPICS } from '../topics.js';
import { UnfitEvent, checkedEvent } from './check-order-event.js';
import { exampleEvent } from './example-event.js';
import { orderEventSchemaOf } from './order-event.js';

const event = exampleEvent('order-cancelled');
const newer = { ...event, partitionkey: 'a', data: { ...event.data, couponId: 'c1' } };

describe('the check of an event', () => {
  it.each(TOPICS)(
    'finds nothing wrong with an example of %s, nor does the schema that its file is made from',
    (topic) => {
      const example = exampleEvent(topic);
      expect(checkedEvent(example, 'refused')).toBe(example);
      expect(orderEventSchemaOf(topic).parse(example)).toEqual(example);
    },
  );

  it('lets readers pass over what they do not know, and makers send nothing undocumented', () => {
    expect(checkedEvent(newer, 'ignored')).toBe(newer);
    expect(() => checkedEvent(newer, 'refused')).toThrow(
      'not an order event: partitionkey: is not documented; data.couponId: is not documented',
    );
  });

  const line = event.data.lines[0];
  it.each([
    [{ ...event, sequence: 1 }, 'sequence: must be string'],
    [{ ...event, sequence: '0' }, 'sequence: must match pattern "^[1-9][0-9]*$"'],
    [{ ...event, specversion: '0.3' }, 'specversion: must be "1.0"'],
    [{ ...event, time: 'yesterday' }, 'time: must match pattern "Z$"; time: must match format "date-time"'],
    [{ ...event, data: { ...event.data, totalPrice: 1.5 } }, 'data.totalPrice: must be integer'],
    [{ ...event, data: { ...event.data, reason: undefined } }, 'data.reason: is missing'],
    [{ ...event, data: { ...event.data, lines: [{ ...line, quantity: 0 }] } }, 'data.lines.0.quantity: must be >= 1'],
    [{ ...event, type: 'holdfast.order-cancelled.v2' }, 'type: is not that of an order event'],
    [[event], 'type: is not that of an order event'],
    ['an event', 'it is no JSON object'],
    [null, 'it is no JSON object'],
  ])('names the field: %#', (unfit, why) => {
    expect(() => checkedEvent(unfit, 'ignored')).toThrow(new UnfitEvent(`not an order event: ${why}`));
  });

  it('tells no values, and not more than a header holds', () => {
    const lines = Array.from({ length: 50 }, () => ({ ...line, productId: 'alice@example.com' }));
    const tell = () => checkedEvent({ ...event, data: { ...event.data, lines } }, 'ignored');
    expect(tell).toThrow(UnfitEvent);
    expect(tell).toThrow(/^[^@]{1,300}$/);
  });
});
