import { describe, expect, it } from 'vitest';
import { TOPICS } from '../topics.js';
import { UnfitEvent, checkedEvent } from './order-event.js';
import { exampleEvent } from './published-files.js';

const event = exampleEvent('order-cancelled');
const newer = { ...event, partitionkey: 'a', data: { ...event.data, couponId: 'c1' } };

describe('the check of an event', () => {
  it.each(TOPICS)('finds nothing wrong with an example of %s', (topic) => {
    expect(checkedEvent(exampleEvent(topic))).toEqual(exampleEvent(topic));
  });

  it('lets readers pass over what they do not know, and makers send nothing undocumented', () => {
    expect(checkedEvent(newer)).toEqual(event);
  });

  const line = event.data.lines[0];
  it.each([
    [{ ...event, sequence: 1 }, 'sequence: Invalid input: expected string, received number'],
    [{ ...event, sequence: '0' }, 'sequence: Invalid string: must match pattern /^[1-9][0-9]*$/'],
    [{ ...event, specversion: '0.3' }, 'specversion: Invalid input: expected "1.0"'],
    [{ ...event, time: 'yesterday' }, 'time: Invalid ISO datetime'],
    [
      { ...event, data: { ...event.data, totalPrice: 1.5 } },
      'data.totalPrice: Invalid input: expected int, received number',
    ],
    [
      { ...event, data: { ...event.data, reason: undefined } },
      'data.reason: Invalid input: expected string, received undefined',
    ],
    [
      { ...event, data: { ...event.data, lines: [{ ...line, quantity: 0 }] } },
      'data.lines.0.quantity: Too small: expected number to be >=1',
    ],
    [{ ...event, type: 'holdfast.order-cancelled.v2' }, 'type: is that of no event'],
    [[event], 'type: is that of no event'],
    ['an event', 'it is no JSON object'],
    [null, 'it is no JSON object'],
  ])('names the field: %#', (unfit, why) => {
    expect(() => checkedEvent(unfit)).toThrow(new UnfitEvent([why]));
  });

  it('tells no values, and not more than a header holds', () => {
    const lines = Array.from({ length: 50 }, () => ({ ...line, productId: 'alice@example.com' }));
    const tell = () => checkedEvent({ ...event, data: { ...event.data, lines } });
    expect(tell).toThrow(UnfitEvent);
    expect(tell).toThrow(/^[^@]{1,500}$/);
  });
});
