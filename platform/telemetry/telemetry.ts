import {
  type Span,
  type SpanProcessor,
  AlwaysOnSampler,
  SamplingDecision,
  type Sampler,
  type SamplingResult,
  BatchSpanProcessor,
  NoopSpanProcessor,
  ParentBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { isSpanContextValid, trace, type Attributes, type Context, type Link, type SpanKind } from '@opentelemetry/api';
import { setTimeout as pause } from 'node:timers/promises';
import { CompositePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry-v2';
import { TrustedBaggage } from './trace-context.js';

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
  private readonly rest = new AlwaysOnSampler();

  shouldSample(
    context: Context,
    _traceId: string,
    name: string,
    _kind: SpanKind,
    _attributes: Attributes,
    _links: Link[],
  ): SamplingResult {
    const parent = trace.getSpanContext(context);
    const lone = parent === undefined || !isSpanContextValid(parent);
    return lone && name.startsWith('prisma:') ? { decision: SamplingDecision.NOT_RECORD } : this.rest.shouldSample();
  }

  toString(): string {
    return 'WithoutLoneQueries';
  }
}

const exportDelayMs = 500;
const lastSpansLimitMs = 2_000;

let started: { sdk: NodeSDK; serviceName: string; spanProcessor: SpanProcessor } | undefined;

interface TelemetrySettings {
  serviceName: string;
  /** Zipkin's base URL. Without it, spans exist (logs and answers name their trace) but go nowhere. */
  zipkinUrl: string | undefined;
  instrumentations: Instrumentation[];
  /**
   * Who calls this process. Of what comes from outside a trace id is continued and nothing else, nor does a caller decide
   * whether its request is traced.
   */
  calledFrom: 'outside' | 'our own';
}

/** Starts tracing for this process; only the `--import` entry calls it, before anything is loaded. */
export function startTelemetry({ serviceName, zipkinUrl, instrumentations, calledFrom }: TelemetrySettings): void {
  const spanProcessor =
    zipkinUrl === undefined
      ? new NoopSpanProcessor()
      : new BatchSpanProcessor(
          new ZipkinExporter({ serviceName, url: `${zipkinUrl.replace(/\/+$/, '')}/api/v2/spans` }),
          {
            scheduledDelayMillis: exportDelayMs,
          },
        );
  const ours = new WithoutLoneQueries();
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    autoDetectResources: false,
    spanProcessors: [withoutPersonalData, spanProcessor],
    sampler: new ParentBasedSampler({ root: ours, ...(calledFrom === 'outside' && { remoteParentNotSampled: ours }) }),
    metricReaders: [],
    logRecordProcessors: [],
    textMapPropagator: new CompositePropagator({
      propagators: [
        new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
        // Last, so that it wins when a caller sends both.
        new W3CTraceContextPropagator(),
        new TrustedBaggage(calledFrom),
      ],
    }),
    instrumentations,
  });
  sdk.start();
  started = { sdk, serviceName, spanProcessor };
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
