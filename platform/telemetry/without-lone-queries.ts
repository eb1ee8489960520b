import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import { AlwaysOnSampler, SamplingDecision } from '@opentelemetry/sdk-trace-base';
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace-base';

/** Queries that nobody asked for by a request, such as a relay's poll each second, would bury the traces of orders. */
export class WithoutLoneQueries implements Sampler {
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
