import type { Base } from '../../api/http/serve.js';
import type { Logger } from '../../platform/logger.js';
import { createMetrics } from '../../platform/metrics.js';

/** What `serve` gives to a process, for a test that opens a service by itself. Close it in the end. */
export function baseOf<Config extends { SERVICE_NAME: string }>(config: Config, logger: Logger) {
  const closers: (() => Promise<unknown> | void)[] = [];
  const base: Base<Config> = {
    config,
    logger,
    metrics: createMetrics(config.SERVICE_NAME),
    onShutdown: (_name, close) => void closers.unshift(close),
  };
  return {
    ...base,
    close: async () => {
      for (const close of closers.splice(0)) await close();
    },
  };
}
