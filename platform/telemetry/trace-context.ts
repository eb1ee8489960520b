import {
  propagation,
  type Context,
  type TextMapGetter,
  ROOT_CONTEXT,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  trace,
} from '@opentelemetry/api';
import { W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';

/** What an order's id looks like, in the logs and in headers that Temporal keeps. */
const ORDER_ID = /^[\w-]{1,64}$/;

/**
 * W3C baggage, of which an order's id is taken and nothing else: whatever is in it travels on, into log lines and, in clear,
 * into Temporal's histories. From outside not even that is taken: a caller could write into another order's log.
 */
export class TrustedBaggage extends W3CBaggagePropagator {
  constructor(private readonly from: 'outside' | 'our own') {
    super();
  }

  override extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    if (this.from === 'outside') return context;
    const orderId = propagation.getBaggage(super.extract(context, carrier, getter))?.getEntry('orderId')?.value;
    if (orderId === undefined || !ORDER_ID.test(orderId)) return context;
    return propagation.setBaggage(context, propagation.createBaggage({ orderId: { value: orderId } }));
  }
}

/** W3C trace context without `tracestate`, in which a caller could put what would travel on to all services and into Temporal's histories. */
export class TraceparentAlone extends W3CTraceContextPropagator {
  override extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return super.extract(context, carrier, {
      keys: (from) => getter.keys(from),
      get: (from, key) => (key === 'tracestate' ? undefined : getter.get(from, key)),
    });
  }
}

const w3c = new W3CTraceContextPropagator();

/** The active trace as a W3C `traceparent`, to be kept with what will be sent later; undefined without one. */
export function activeTraceparent(from: Context = context.active()): string | undefined {
  const carrier: { traceparent?: string } = {};
  w3c.inject(from, carrier, defaultTextMapSetter);
  return carrier.traceparent;
}

export function activeTraceId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}

/** A context that continues the trace of a kept `traceparent`; without one, or with a broken one, of none. */
export function contextFrom(traceparent: string | null | undefined): Context {
  return traceparent ? w3c.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter) : ROOT_CONTEXT;
}
