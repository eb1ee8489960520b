import { ROOT_CONTEXT, defaultTextMapGetter, propagation, trace } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { TraceparentAlone, TrustedBaggage } from './trace-context.js';

const taken = (from: 'outside' | 'our own', baggage: string) =>
  propagation
    .getBaggage(new TrustedBaggage(from).extract(ROOT_CONTEXT, { baggage }, defaultTextMapGetter))
    ?.getAllEntries()
    .map(([name, { value }]) => `${name}=${value}`);

it("takes an order's id of our own processes, and nothing else", () => {
  expect(taken('our own', 'orderId=ord_1-a,card=4111')).toEqual(['orderId=ord_1-a']);
  expect(taken('our own', 'card=4111')).toBeUndefined();
});

it.each(['orderId=%1b%5B2J', 'orderId=a%0Ab', `orderId=${'a'.repeat(65)}`])(
  'takes no id that is none: %s',
  (baggage) => {
    expect(taken('our own', baggage)).toBeUndefined();
  },
);

it('takes nothing from outside', () => {
  expect(taken('outside', 'orderId=ord_1')).toBeUndefined();
});

it("takes a caller's trace, and no tracestate", () => {
  const carrier = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'vendor=anything' };
  const span = trace.getSpanContext(new TraceparentAlone().extract(ROOT_CONTEXT, carrier, defaultTextMapGetter));
  expect(span).toMatchObject({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) });
  expect(span?.traceState).toBeUndefined();
});
