import type { Express } from 'express';
import { listen } from '../../platform/listen.js';
import type { ListenSettings } from '../../platform/listen.js';
import { createLogger } from '../../platform/logger.js';
import type { Logger } from '../../platform/logger.js';
import { createMetrics } from '../../platform/metrics.js';
import type { Metrics } from '../../platform/metrics.js';
import { runProcess } from '../../platform/shutdown.js';
import type { OnShutdown } from '../../platform/shutdown.js';

/** What each process with an API has before it opens anything of its own. */
export interface Base<Config> {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  onShutdown: OnShutdown;
}

interface ProcessConfig {
  SERVICE_NAME: string;
  LOG_LEVEL: Logger['level'];
  HOST: string;
  PORT: number;
}

interface Served {
  app: Express;
  /** First of all when the process stops: they would go on for as long as what they tell of. */
  endStreams?: () => void;
}

type Limits = Pick<ListenSettings, 'drainLimitMs' | 'clientRestMs'> & { stopLimitMs?: number };

/** Runs a process that listens: what `open` opens is closed after the last answer. */
export async function serve<Config extends ProcessConfig>(
  config: Config,
  open: (base: Base<Config>) => Served | Promise<Served>,
  { stopLimitMs, ...limits }: Limits = {},
): Promise<void> {
  const { SERVICE_NAME: service, LOG_LEVEL: level, HOST: host, PORT: port } = config;
  const logger = createLogger({ service, level });
  await runProcess({ logger, ...(stopLimitMs !== undefined && { stopLimitMs }) }, async (onShutdown) => {
    const { app, endStreams } = await open({ config, logger, metrics: createMetrics(service), onShutdown });
    const server = await listen(app, { host, port, ...limits });
    onShutdown('http', () => server.drain());
    if (endStreams !== undefined) onShutdown('event streams', endStreams);
  });
}
