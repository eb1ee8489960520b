import { isUtf8 } from 'node:buffer';
import express from 'express';
import type { Express, RequestHandler, Router } from 'express';
import helmet from 'helmet';
import type { Operation, Operations } from '../../contracts/http/operation.js';
import { processOperations } from '../../contracts/http/processes.js';
import type { ServiceName } from '../../contracts/services.js';
import { healthRouter, type ReadinessChecks } from '../../platform/health.js';
import type { Logger } from '../../platform/logger.js';
import { createMetrics, type Metrics } from '../../platform/metrics.js';
import { type Authenticator, authSettingsFrom, createAuthenticator } from './auth.js';
import type { Handler, Handlers } from './handle.js';
import { documentRoute } from './openapi.js';
import { ProblemError } from './problem.js';
import { answerNotFound, answerProblems } from './problem-handler.js';
import { pinoHttp } from 'pino-http';
import { checkDatabase, openDatabase, type ClientOf, type DatabaseConfig } from '../../platform/database/pool.js';
import type { Base } from './serve.js';

// For req.principal in every route file.
import './access.js';
import { allowedMethods, route, wordsFirst } from './route.js';

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

interface HttpAppSettings {
  service: string;
  logger: Logger;
  readiness: ReadinessChecks;
  /** What is answered: other methods of their paths are refused. Default: whatever the routers take. */
  operations?: readonly Pick<Operation, 'method' | 'path'>[];
  /** In this order, after health and logging, before the 404. Each says for itself which of its routes need a token. */
  routers: (Router | RequestHandler)[];
  metrics?: Metrics;
  /** Where anybody comes in, metrics have a port of their own. Default true. */
  showMetrics?: boolean;
  /** Parses JSON bodies; false for those that pass them on or read them by themselves. Default true. */
  parseJson?: boolean;
  /** Of the line for each request that did not fail: one at the gateway tells enough, so `debug` by default. */
  requestLogLevel?: 'info' | 'debug';
}

/** What every front door has: health, metrics, access log, security headers, JSON bodies up to 100 kB, problems. */
export function createHttpApp({
  service,
  logger,
  readiness,
  operations = [],
  routers,
  metrics = createMetrics(service),
  showMetrics = true,
  parseJson = true,
  requestLogLevel = 'debug',
}: HttpAppSettings): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  // Whoever asks a service is the gateway, which says from where a request came.
  app.set('trust proxy', 1);
  app.use(healthRouter({ checks: readiness, metrics: showMetrics ? metrics : undefined, logger }));
  app.use(helmet());
  app.use(metrics.measureRequests());
  app.use(logRequests(logger, requestLogLevel));
  app.use(allowedMethods(operations));
  if (parseJson) app.use(express.json({ ...PLAIN_BODY, strict: false }));
  for (const router of routers) app.use(router);
  app.use(answerNotFound);
  app.use(answerProblems(logger));
  return app;
}

/** What the front door of a service is given, beside what its handlers work with. */
export interface ServiceContext extends Pick<HttpAppSettings, 'logger' | 'readiness' | 'metrics'> {
  auth: Authenticator;
}

/** A service's front door: a handler for each operation, and the document of all. */
export function createServiceApp<All extends Operations>(
  service: ServiceName,
  operations: All,
  handlers: Handlers<All>,
  { auth, ...settings }: ServiceContext,
): Express {
  const routers = Object.values<Handler>(handlers)
    .sort((a, b) => wordsFirst(a.operation.path, b.operation.path))
    .map(({ operation, handlers: all }) => route(operation, { auth }, ...all));
  return createHttpApp({
    ...settings,
    service,
    operations: [...Object.values(operations), processOperations(service).getDocument],
    routers: [...routers, documentRoute(service, operations)],
  });
}

/** For parsers of bodies: as much as we take, and one way to write it, so that nobody on the way reads it otherwise. */
export const PLAIN_BODY = { limit: '100kb', inflate: false, verify: keepPlainBody } as const;

declare module 'http' {
  interface IncomingMessage {
    /** The bytes as they came, for signatures over the body. */
    rawBody?: Buffer;
  }
}

function keepPlainBody(req: { rawBody?: Buffer }, _res: unknown, bytes: Buffer, charset: string): void {
  if (charset !== 'utf-8' || !isUtf8(bytes) || bytes.subarray(0, 3).equals(BYTE_ORDER_MARK))
    throw new ProblemError({
      status: 415,
      code: 'unsupported-media-type',
      detail: 'The body must be UTF-8, without a byte order mark.',
    });
  req.rawBody = bytes;
}

/** One line per request: method, path, status, time. No query, headers or bodies: they can hold personal data. */
function logRequests(logger: Logger, level: 'info' | 'debug'): RequestHandler {
  return pinoHttp({
    logger,
    quietReqLogger: true,
    customLogLevel: (_req, { statusCode }, error) => {
      if (error !== undefined || statusCode === 500) return 'error';
      return statusCode > 500 ? 'warn' : level;
    },
    customSuccessMessage: () => 'request answered',
    customErrorMessage: () => 'request answered',
    customAttributeKeys: { responseTime: 'durationMs' },
    serializers: {
      req: (req: { method: string; url: string }) => ({ method: req.method, path: req.url.split('?')[0] }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
      err: () => undefined,
    },
  });
}

/** A service's database, the check of access tokens, and both among what it needs to be ready. */
export function openService<Prisma extends { $disconnect(): Promise<void> }>(
  base: Base<DatabaseConfig & Parameters<typeof authSettingsFrom>[0]>,
  Client: ClientOf<Prisma>,
  options: { connections?: number } = {},
) {
  const { config, logger, metrics } = base;
  const { pool, prisma } = openDatabase(base, Client, options);
  const auth = createAuthenticator(authSettingsFrom(config, logger));
  const readiness = { database: () => checkDatabase(pool), 'signing keys': () => auth.check() };
  return { prisma, common: { logger, metrics, auth, readiness } };
}
