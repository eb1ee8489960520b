import {
  type Span,
  type SpanProcessor,
  AlwaysOnSampler,
  SamplingDecision,
  type Sampler,
  type SamplingResult,
} from '@opentelemetry/sdk-trace-base';
import { isSpanContextValid, trace, type Attributes, type Context, type Link, type SpanKind } from '@opentelemetry/api';

const personal = ['client.address', 'network.peer.address', 'user_agent.original', 'url.query'];

/** Takes out of HTTP spans what can tell who called: addresses, browsers, and whatever stands in a query. */
export const withoutPersonalData: SpanProcessor = {
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
