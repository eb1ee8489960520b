import { Router, type Express, type RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import type { Logger } from '../../platform/logger.js';
import type { Metrics } from '../../platform/metrics.js';
import { forwardedOperations, gatewayOperations } from '../../contracts/http/operations.js';
import { processOperations } from '../../contracts/http/processes.js';
import { createHttpApp } from '../http/app.js';
import type { Authenticator } from '../http/auth.js';
import { documentRoute } from '../http/openapi.js';
import { readReference } from './read-reference.js';
import { createAgent } from './forward/ask-instance.js';
import { forwardTo, createPassingStreams, type PassingStreams } from './forward/forward.js';
import { serveShop } from './serve-shop.js';
import { readProblemType } from './read-problem-type.js';
import { route, checkToken, expressPath } from '../http/route.js';
import { createLimiter, callerOf, type Limiter } from '../http/rate-limits.js';
import { accessRuleOf } from '../../contracts/http/operation.js';

interface GatewaySettings {
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
  /** Where the shop's files are; default: where they are built. */
  shop?: string;
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
  shop,
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
  const web = serveShop(shop);
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
    operations: [
      ...operations,
      ...Object.values(gatewayOperations),
      // What the page of the reference loads.
      { method: 'get', path: '/docs/{file}' },
      processOperations('gateway').getDocument,
    ],
    routers: [
      web.files,
      router,
      route(readProblemType.operation, { auth }, ...readProblemType.handlers),
      documentRoute('gateway', { ...forwardedOperations, ...gatewayOperations }),
      readReference(),
      web.pages,
    ],
    parseJson: false,
    requestLogLevel: 'info',
  });
  app.set('trust proxy', trustedProxies);
  return app;
}

const operations = Object.values(forwardedOperations);

export type Upstream = (typeof operations)[number]['service'];

/** Which service answers what lies under each path. */
const ROUTE_TABLE: Record<string, Upstream> = Object.fromEntries(
  operations.map(({ path, service }) => [path.replace(/^(\/[^/]+).*/, '$1'), service]),
);

/**
 * 401 for a token that is not valid, and for none where one is needed: anywhere but on the operations that say
 * otherwise. The services check again for themselves.
 */
function authenticate(auth: Pick<Authenticator, 'required' | 'optional'>): Router {
  const router = Router();
  for (const operation of Object.values(forwardedOperations)) {
    if (accessRuleOf(operation).token === 'required') continue;
    router[operation.method](expressPath(operation.path), checkToken(operation, { auth }), (_req, _res, next) =>
      next('router'),
    );
  }
  router.use(auth.required);
  return router;
}

/** How many in a minute. */
interface RateLimits {
  /** Per user, or per address of callers without a token. */
  requests: number;
  /** Orders per user. */
  orders: number;
}

/** Whatever comes in, and what `checked` refuses too: a token that is tried counts for the address that it comes from. */
function limitRates(
  limiter: Limiter,
  limits: RateLimits,
  checked: RequestHandler,
): Record<'routes' | 'rest', RequestHandler> {
  const requests = limiter({ name: 'requests', limit: limits.requests, keyOf: callerOf });
  const routes = Router();
  routes.use((req, res, next) => {
    void checked(req, res, (refusal?: unknown) => {
      void requests(req, res, (over?: unknown) => next(over ?? refusal ?? undefined));
    });
  });
  routes.post('/orders', limiter({ name: 'orders', limit: limits.orders, keyOf: callerOf }));
  return { routes, rest: requests };
}
