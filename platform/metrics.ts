import type { RequestHandler } from 'express';
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Metrics {
  /** Register a process's own counters here. */
  registry: Registry;
  /** Measures each request by method, route pattern and status. */
  measureRequests: RequestHandler;
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer an HTTP request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const measureRequests: RequestHandler = (req, res, next) => {
    const stop = duration.startTimer({ method: req.method });
    res.on('close', () => stop({ route: routePattern(req), status: String(res.statusCode) }));
    next();
  };
  return { registry, measureRequests };
}

/** The pattern, not the path: ids would make a time series each. */
function routePattern(req: { baseUrl: string; route?: { path?: unknown } }): string {
  const path = req.route?.path;
  return typeof path === 'string' ? `${req.baseUrl}${path}` : 'unmatched';
}
