import { Router } from 'express';
import type { Express } from 'express';
import type { Redis } from 'ioredis';
import type { Logger } from '../../platform/logger.js';
import type { Metrics } from '../../platform/metrics.js';
import { forwardedOperations, gatewayOperations } from '../../contracts/http/operations/gateway.js';
import { createHttpApp } from '../http/app.js';
import type { Authenticator } from '../http/auth.js';
import { documentRoute } from '../http/openapi/document-route.js';
import { authenticate } from './authenticate.js';
import { readReference } from './read-reference.js';
import { createAgent } from './forward/ask-instance.js';
import { forwardTo } from './forward/forward.js';
import { createPassingStreams, type PassingStreams } from './forward/passing-streams.js';
import { readProblemType } from './read-problem-type.js';
import { route } from '../http/route.js';
import { createLimiter } from '../http/rate-limits.js';
import { limitRates } from './rate-limits.js';
import type { RateLimits } from './rate-limits.js';
import { ROUTE_TABLE } from './route-table.js';
import type { Upstream } from './route-table.js';

export interface GatewaySettings {
  service: string;
  logger: Logger;
  auth: Authenticator;
  /** Not shown at the port where callers come in. */
  metrics?: Metrics;
  /** The instances of each service. */
  upstreams: Record<Upstream, string[]>;
  /** How long a service may take until its answer begins. */
  timeoutMs: number;
  streams?: PassingStreams;
  trustedProxies: number;
  rates: { limits: RateLimits; redis: Redis };
}

export function createGatewayApp({
  service,
  logger,
  auth,
  metrics,
  upstreams,
  timeoutMs,
  streams = createPassingStreams(),
  trustedProxies,
  rates,
}: GatewaySettings): Express {
  const agent = createAgent();
  const forwards = Object.fromEntries(
    Object.entries(upstreams).map(([name, urls]) => [
      name,
      forwardTo({ service: name, urls, agent, timeoutMs, streams, logger }),
    ]),
  );
  const checked = authenticate(auth);
  const limited = limitRates(createLimiter({ redis: rates.redis, logger }), rates.limits, checked);
  const router = Router();
  for (const [prefix, upstream] of Object.entries(ROUTE_TABLE)) {
    const forward = forwards[upstream];
    if (forward !== undefined) router.all(`${prefix}{/*rest}`, limited.routes, forward);
  }
  // What is none of these: the documents, and whatever somebody looks for.
  router.use(limited.rest);
  const app = createHttpApp({
    service,
    logger,
    readiness: { 'signing keys': () => auth.check() },
    ...(metrics && { metrics }),
    showMetrics: false,
    routers: [
      router,
      route(readProblemType.operation, { auth }, ...readProblemType.handlers),
      documentRoute('gateway', { ...forwardedOperations, ...gatewayOperations }),
      readReference(),
    ],
    parseJson: false,
    requestLogLevel: 'info',
  });
  app.set('trust proxy', trustedProxies);
  return app;
}
