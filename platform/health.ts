import express from 'express';
import type { Response, Router } from 'express';
import { listen } from './listen.js';
import type { Listening, ListenSettings } from './listen.js';
import { createMetrics } from './metrics.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { plainProblem } from './plain-problem.js';
import { isStopping } from './shutdown.js';
import { within } from './within.js';
import { errorMessage } from './error-message.js';

/** What a process needs, by name. A check rejects or throws while it is missing, saying why. */
export type ReadinessChecks = Record<string, () => unknown>;

const checkLimitMs = 2000;

const ALLOWED = 'GET, HEAD, OPTIONS';

export interface Health {
  checks: ReadinessChecks;
  /** Shown at /metrics; nobody sees any where none are given. */
  metrics?: Metrics | undefined;
  /** Told why a check fails: that is not for whoever asks. */
  logger: Logger;
}

/** GET /healthz, /readyz and /metrics. */
export function healthRouter({ checks, metrics, logger }: Health): Router {
  const router = express.Router();
  const paths = ['/healthz', '/readyz', ...(metrics === undefined ? [] : ['/metrics'])];
  const tellChange = tellChanges(logger);
  router.get('/healthz', (_req, res) => void res.json({ status: 'alive' }));
  router.get('/readyz', async (_req, res) => {
    const missing = isStopping() ? [{ name: 'process', reason: 'it is stopping' }] : await findMissing(checks);
    tellChange(missing);
    if (missing.length === 0) res.json({ status: 'ready' });
    else res.status(503).json({ status: 'not ready', missing: missing.map(({ name }) => ({ name })) });
  });
  if (metrics !== undefined)
    router.get('/metrics', async (_req, res) => {
      res.type(metrics.registry.contentType).send(await metrics.text());
    });
  router.all(paths, (req, res) => {
    res.set('Allow', ALLOWED);
    if (req.method === 'OPTIONS') return void res.status(204).end();
    sendPlainProblem(res, 405, 'method-not-allowed', `Allowed methods: ${ALLOWED}.`);
  });
  return router;
}

/** A line when something else is missing than before: whoever probes asks every few seconds. */
function tellChanges(logger: Logger): (missing: Missing[]) => void {
  let before = '';
  return (missing) => {
    const now = missing.map(({ name }) => name).join();
    if (now === before) return;
    before = now;
    if (missing.length > 0) logger.warn({ missing }, 'not ready');
    else logger.info('ready again');
  };
}

/** A port for health and metrics alone: of a process without an API, or with one that anybody may reach. */
export async function createHealthServer(settings: ListenSettings & Health & { service: string }): Promise<Listening> {
  const app = express();
  app.disable('x-powered-by');
  app.use(healthRouter({ ...settings, metrics: settings.metrics ?? createMetrics(settings.service) }));
  app.use((req, res) => sendPlainProblem(res, 404, 'not-found', `There is no ${req.method} ${req.path}.`));
  return listen(app, settings);
}

function sendPlainProblem(res: Response, status: number, code: string, detail: string): void {
  res
    .status(status)
    .type('application/problem+json')
    .send(plainProblem(status, code, detail));
}

interface Missing {
  name: string;
  reason: string;
}

export async function findMissing(checks: ReadinessChecks): Promise<Missing[]> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        const asked = Promise.resolve().then(check);
        await within(checkLimitMs, asked, `no answer within ${String(checkLimitMs)} ms`);
        return undefined;
      } catch (error) {
        return { name, reason: errorMessage(error) };
      }
    }),
  );
  return results.filter((result) => result !== undefined);
}
