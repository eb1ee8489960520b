import express from 'express';
import type { Response, Router } from 'express';
import { listen } from './listen.js';
import type { Listening } from './listen.js';
import { createMetrics } from './metrics.js';
import type { Metrics } from './metrics.js';
import { plainProblem } from './plain-problem.js';
import { isStopping } from './stopping.js';
import { within } from './within.js';

/** What a process needs, by name. A check rejects or throws while it is missing, saying why. */
export type ReadinessChecks = Record<string, () => unknown>;

const checkLimitMs = 2000;

const ALLOWED = 'GET, HEAD, OPTIONS';

/** GET /healthz, /readyz and /metrics. */
export function healthRouter(checks: ReadinessChecks, metrics: Metrics): Router {
  const router = express.Router();
  router.get('/healthz', (_req, res) => void res.json({ status: 'alive' }));
  router.get('/readyz', async (_req, res) => {
    const missing = isStopping() ? [{ name: 'process', reason: 'it is stopping' }] : await findMissing(checks);
    if (missing.length === 0) res.json({ status: 'ready' });
    else res.status(503).json({ status: 'not ready', missing });
  });
  router.get('/metrics', async (_req, res) => {
    res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  router.all(['/healthz', '/readyz', '/metrics'], (req, res) => {
    res.set('Allow', ALLOWED);
    if (req.method === 'OPTIONS') return void res.status(204).end();
    sendPlainProblem(res, 405, 'method-not-allowed', `Here it is ${ALLOWED}.`);
  });
  return router;
}

/** The health port of a process that has no API. */
export async function createHealthServer(settings: {
  service: string;
  host: string;
  port: number;
  checks: ReadinessChecks;
  metrics?: Metrics;
}): Promise<Listening> {
  const app = express();
  app.disable('x-powered-by');
  app.use(healthRouter(settings.checks, settings.metrics ?? createMetrics(settings.service)));
  app.use((req, res) => sendPlainProblem(res, 404, 'not-found', `There is no ${req.method} ${req.path}.`));
  return listen(app, settings);
}

function sendPlainProblem(res: Response, status: number, code: string, detail: string): void {
  res
    .status(status)
    .type('application/problem+json')
    .send(plainProblem(status, code, detail));
}

export async function findMissing(checks: ReadinessChecks): Promise<{ name: string; reason: string }[]> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        const asked = Promise.resolve().then(check);
        await within(checkLimitMs, asked, `no answer within ${String(checkLimitMs)} ms`);
        return undefined;
      } catch (error) {
        return { name, reason: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
  return results.filter((result) => result !== undefined);
}
