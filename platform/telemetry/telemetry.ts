import {
  type ReadableSpan,
  type Span,
  type SpanExporter,
  type SpanProcessor,
  SamplingDecision,
  type Sampler,
  type SamplingResult,
  BatchSpanProcessor,
  NoopSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import {
  isSpanContextValid,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type SpanKind,
} from '@opentelemetry/api';
import { setTimeout as pause } from 'node:timers/promises';
import { CompositePropagator, hrTimeToMilliseconds } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry-v2';
import { TraceparentAlone, TrustedBaggage } from './trace-context.js';

const personal = ['client.address', 'network.peer.address', 'user_agent.original', 'url.query'];

/** Takes out of HTTP spans what can tell who called: addresses, browsers, and whatever stands in a query. */
const withoutPersonalData: SpanProcessor = {
  onStart: (span: Span) => {
    for (const name of personal) Reflect.deleteProperty(span.attributes, name);
    const url = span.attributes['url.full'];
    if (typeof url === 'string') span.setAttribute('url.full', url.replace(/\?.*$/, ''));
  },
  onEnd: () => undefined,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** Queries that nobody asked for by a request, such as a relay's poll each second, would bury the traces of orders. */
class WithoutLoneQueries implements Sampler {
  private readonly rest: TraceIdRatioBasedSampler;

  /** Of all other traces this part is kept, from 0 to 1. A trace's id decides, so that all processes decide alike. */
  constructor(part: number) {
    this.rest = new TraceIdRatioBasedSampler(part);
  }

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    _kind: SpanKind,
    _attributes: Attributes,
    _links: Link[],
  ): SamplingResult {
    const parent = trace.getSpanContext(context);
    const lone = parent === undefined || !isSpanContextValid(parent);
    if (lone && name.startsWith('prisma:')) return { decision: SamplingDecision.NOT_RECORD };
    return this.rest.shouldSample(context, traceId);
  }

  toString(): string {
    return 'WithoutLoneQueries';
  }
}

/** What a query takes that nobody has to look for, on a busy machine too. */
const QUICK_MS = 50;

/**
 * Half of an order's spans are queries and commands of Redis, and one that was quick says nothing that the span around it
 * doesn't. None of them has a span beneath it, so no trace loses its thread. Of a query that failed Prisma's span doesn't
 * say so: its error is told by the span around it.
 */
function withoutQuickQueries(rest: SpanProcessor): SpanProcessor {
  const isQuickQuery = ({ attributes, status, duration }: ReadableSpan) =>
    attributes['db.system.name'] !== undefined &&
    status.code !== SpanStatusCode.ERROR &&
    hrTimeToMilliseconds(duration) < QUICK_MS;
  return {
    onStart: (span, parent) => rest.onStart(span, parent),
    onEnd: (span) => {
      if (!isQuickQuery(span)) rest.onEnd(span);
    },
    forceFlush: () => rest.forceFlush(),
    shutdown: () => rest.shutdown(),
  };
}

const exportDelayMs = 500;
const lastSpansLimitMs = 2_000;

let started: { sdk: NodeSDK; serviceName: string; spanProcessor: SpanProcessor } | undefined;

interface TelemetrySettings {
  serviceName: string;
  /** Zipkin's base URL. */
  zipkinUrl: string | undefined;
  /** Base URL of whatever takes OTLP over HTTP; used before Zipkin. Without either, spans exist (logs and answers name their trace) but go nowhere. */
  otlpUrl: string | undefined;
  /** Which part of the traces that begin here is kept, from 0 to 1. */
  sampled: number;
  instrumentations: Instrumentation[];
  /**
   * Who calls this process. Of what comes from outside a trace id is continued and nothing else, nor does a caller decide
   * whether its request is traced.
   */
  calledFrom: 'outside' | 'our own';
}

/** Starts tracing for this process; only the `--import` entry calls it, before anything is loaded. */
export function startTelemetry(settings: TelemetrySettings): void {
  const { serviceName, sampled, instrumentations, calledFrom } = settings;
  const exporter = spanExporter(settings);
  const spanProcessor =
    exporter === undefined
      ? new NoopSpanProcessor()
      : new BatchSpanProcessor(exporter, { scheduledDelayMillis: exportDelayMs });
  const ours = new WithoutLoneQueries(sampled);
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    autoDetectResources: false,
    spanProcessors: [withoutPersonalData, withoutQuickQueries(spanProcessor)],
    sampler: new ParentBasedSampler({
      root: ours,
      ...(calledFrom === 'outside' && { remoteParentSampled: ours, remoteParentNotSampled: ours }),
    }),
    metricReaders: [],
    logRecordProcessors: [],
    textMapPropagator: new CompositePropagator({
      propagators: [
        new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
        // Last, so that it wins when a caller sends both.
        new TraceparentAlone(),
        new TrustedBaggage(calledFrom),
      ],
    }),
    instrumentations,
  });
  sdk.start();
  started = { sdk, serviceName, spanProcessor };
}

function spanExporter({ serviceName, zipkinUrl, otlpUrl }: TelemetrySettings): SpanExporter | undefined {
  const below = (base: string, path: string) => `${base.replace(/\/+$/, '')}${path}`;
  if (otlpUrl !== undefined) return new OTLPTraceExporter({ url: below(otlpUrl, '/v1/traces') });
  if (zipkinUrl !== undefined) return new ZipkinExporter({ serviceName, url: below(zipkinUrl, '/api/v2/spans') });
  return undefined;
}

/**
 * For `plugins` of Temporal's client, worker and bundler. Also without telemetry: a bundle has the interceptors in it
 * and logs an error for each span that no worker takes.
 */
export function temporalTelemetryPlugins(): OpenTelemetryPlugin[] {
  return [
    new OpenTelemetryPlugin({
      resource: resourceFromAttributes({ 'service.name': started?.serviceName ?? 'holdfast' }),
      spanProcessor: started?.spanProcessor ?? new NoopSpanProcessor(),
    }),
  ];
}

/** Sends what is still waiting, but waits for no Zipkin that hangs. Harmless when nothing was started. */
export async function shutdownTelemetry(): Promise<void> {
  await Promise.race([started?.sdk.shutdown(), pause(lastSpansLimitMs, undefined, { ref: false })]);
}
