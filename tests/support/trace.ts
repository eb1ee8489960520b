import { server } from './servers.js';
import { waitFor } from './wait-for.js';

interface Span {
  traceId: string;
  id: string;
  parentId?: string;
  name: string;
  tags?: Record<string, string>;
  localEndpoint?: { serviceName?: string };
}

/** Waits until Zipkin holds spans of all these services under one trace id; answers with the trace's spans. */
export function traceHas(traceId: string, services: readonly string[]): Promise<Span[]> {
  return waitFor(
    `spans of ${services.join(', ')} in trace ${traceId}`,
    async () => {
      const response = await fetch(new URL(`/api/v2/trace/${traceId}`, server('ZIPKIN_URL')));
      if (!response.ok) return undefined;
      const spans = (await response.json()) as Span[];
      const there = new Set(spans.map((span) => span.localEndpoint?.serviceName));
      return services.every((service) => there.has(service)) ? spans : undefined;
    },
    { timeoutMs: 30_000 },
  );
}
