import type { RequestHandler } from 'express';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { metricOf, type MetricLabel, type MetricName } from '../contracts/metrics.js';
import { within } from './within.js';

export interface Metrics {
  /** Register a process's own here. */
  registry: Registry;
  /** Measures each request by method, route pattern and status; a stream, which lasts as long as its caller likes, apart. */
  measureRequests(): RequestHandler;
  /** Puts what somebody else keeps, as Prometheus text, below our own. */
  append(read: () => Promise<string>): void;
  text(): Promise<string>;
}

/** Longer than any reading at the scrape takes, and shorter than Prometheus waits. */
const readLimitMs = 3_000;

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const appended: (() => Promise<string>)[] = [];
  return {
    registry,
    measureRequests: () => measureRequests(registry),
    append: (read) => void appended.push(read),
    text: async () => {
      const others = appended.map((read) => within(readLimitMs, read(), 'too slow').catch(() => ''));
      return (await Promise.all([registry.metrics(), ...others])).join('\n');
    },
  };
}

function measureRequests(registry: Registry): RequestHandler {
  const requests = histogram(registry, 'http_request_duration_seconds');
  const streams = histogram(registry, 'http_stream_duration_seconds');
  return (req, res, next) => {
    const startedAt = performance.now();
    res.on('close', () => {
      const seconds = (performance.now() - startedAt) / 1000;
      const route = routePattern(req);
      if (String(res.getHeader('content-type')).startsWith('text/event-stream')) streams.observe({ route }, seconds);
      else requests.observe({ method: req.method, route, status: String(res.statusCode) }, seconds);
    });
    next();
  };
}

/** The pattern, not the path: ids would make a time series each. */
function routePattern(req: { baseUrl: string; route?: { path?: unknown } }): string {
  const path = req.route?.path;
  return typeof path === 'string' ? `${req.baseUrl}${path}` : 'unmatched';
}

export function counter<Name extends MetricName<'counter'>>(registry: Registry, name: Name) {
  return once(registry, name, () => {
    const made = new Counter<MetricLabel<Name>>(configOf(registry, name));
    // From the start: what Prometheus first sees at 1 has not risen for it.
    for (const labels of seriesOf(name)) made.inc(labels, 0);
    return made;
  });
}

export function gauge<Name extends MetricName<'gauge'>>(registry: Registry, name: Name) {
  return once(registry, name, () => new Gauge<MetricLabel<Name>>(configOf(registry, name)));
}

export function histogram<Name extends MetricName<'histogram'>>(registry: Registry, name: Name) {
  return once(registry, name, () => {
    const buckets = [...(metricOf(name).buckets ?? [])];
    const made = new Histogram<MetricLabel<Name>>({ ...configOf(registry, name), buckets });
    for (const labels of seriesOf(name)) made.zero(labels);
    return made;
  });
}

/** A registry has one of each name, whoever asks for it. */
function once<Made>(registry: Registry, name: MetricName, make: () => Made): Made {
  return (registry.getSingleMetric(name) as Made | undefined) ?? make();
}

function configOf<Name extends MetricName>(registry: Registry, name: Name) {
  const { help, labels = {} } = metricOf(name);
  return { name, help, labelNames: Object.keys(labels) as MetricLabel<Name>[], registers: [registry] };
}

const mostSeries = 200;

/** All that it can have, where that is known and few. */
function seriesOf(name: MetricName): Record<string, string>[] {
  let series: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(metricOf(name).labels ?? {})) {
    if (typeof values === 'string') return [];
    series = series.flatMap((labels) => values.map((value) => ({ ...labels, [label]: value })));
  }
  return series.length > mostSeries ? [] : series;
}

interface Readings<Name extends MetricName<'gauge'>> {
  registry: Registry;
  gauges: readonly Name[];
  /** By the gauge's name, each series of it. What is left out is 0 where all its labels' values are known. */
  read: () => Promise<Record<Name, { labels?: Record<string, string>; value: number }[]>>;
  /** How old a reading may be: any number of Prometheuses ask. */
  keptForMs?: number;
}

/**
 * Gauges of what stands somewhere else, such as in a database: read when somebody asks. What can't be read shows nothing, so that
 * no old number passes for today's.
 */
export function readAtScrape<Name extends MetricName<'gauge'>>(settings: Readings<Name>): void {
  const { registry, gauges, read, keptForMs = 5_000 } = settings;
  let reading: { at: number; done: ReturnType<typeof read> } | undefined;
  const latest = () => {
    if (reading === undefined || Date.now() - reading.at > keptForMs)
      reading = { at: Date.now(), done: within(readLimitMs, read(), 'too slow') };
    return reading.done;
  };
  for (const name of gauges) {
    const shown: Gauge = new Gauge({
      ...configOf<MetricName>(registry, name),
      collect: async () => {
        const values = await latest().catch(() => undefined);
        shown.reset();
        // One without labels is 0 after that, which would pass for today's too. The series is named: of a gauge that has labels
        // prom-client refuses to remove what has none named, and the whole page with it.
        if (values === undefined) return shown.remove({});
        for (const labels of seriesOf(name)) shown.set(labels, 0);
        for (const { labels = {}, value } of values[name]) shown.set(labels, value);
      },
    });
  }
}
