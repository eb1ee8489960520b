import type { Logger } from './logger.js';
import { shutdownTelemetry } from './telemetry/telemetry.js';

let stopping = false;

/** Said once, by runProcess: from then on the process is not ready, and takes leave of whoever still asks it. */
function noteStopping(): void {
  stopping = true;
}

export const isStopping = (): boolean => stopping;

/** Whoever runs the process must not kill it before that. */
const usualLimitMs = 25_000;

/** Registers what to close when the process stops: the last one opened is closed first. */
export type OnShutdown = (name: string, close: () => Promise<unknown> | void) => void;

/**
 * Runs a process: starts `main`, and on SIGTERM, SIGINT or the loss of its parent closes what main registered, newest
 * first, telemetry last, within `stopLimitMs`. A start that fails, and an error that nobody caught, end it with code 1 and
 * a line saying why.
 */
export async function runProcess(
  { logger, stopLimitMs = usualLimitMs }: { logger: Logger; stopLimitMs?: number },
  main: (onShutdown: OnShutdown) => Promise<void>,
): Promise<void> {
  const closers: { name: string; close: () => Promise<unknown> | void }[] = [];
  let stopping = false;

  const stop = async (reason: string, code: number) => {
    if (stopping) return;
    stopping = true;
    noteStopping();
    logger.info({ reason }, 'stopping');
    const limit = setTimeout(() => {
      logger.error({ limitMs: stopLimitMs }, 'stopping took too long');
      process.exit(1);
    }, stopLimitMs);
    let failed = false;
    for (const { name, close } of closers.reverse()) {
      try {
        await close();
      } catch (error) {
        failed = true;
        logger.error({ err: error, closing: name }, 'could not close');
      }
    }
    await shutdownTelemetry().catch(() => undefined);
    clearTimeout(limit);
    logger.info('stopped');
    process.exit(failed ? 1 : code);
  };

  process.on('SIGTERM', () => void stop('SIGTERM', 0));
  process.on('SIGINT', () => void stop('SIGINT', 0));
  process.on('disconnect', () => void stop('the parent process is gone', 0));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unexpected error');
    void stop('unexpected error', 1);
  });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unexpected error');
    void stop('unexpected error', 1);
  });

  try {
    await main((name, close) => closers.push({ name, close }));
    logger.info('started');
  } catch (error) {
    logger.fatal({ err: error }, 'could not start');
    await stop('could not start', 1);
  }
}
