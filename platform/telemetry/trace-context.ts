import { ROOT_CONTEXT, context, defaultTextMapGetter, defaultTextMapSetter, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

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
