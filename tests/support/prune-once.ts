import { Registry } from 'prom-client';
import { createPool } from '../../platform/database/pool.js';
import { startPruner, type Prunable } from '../../platform/database/prune.js';
import { createLogger } from '../../platform/logger.js';
import { waitFor } from './wait-for.js';

/** Prunes the tables as a service does, until it has gone through them once; gives how many rows went. */
export async function pruneOnce(url: string, tables: readonly Prunable[], batchSize?: number): Promise<number> {
  const logger = createLogger({ service: 'test', level: 'warn' });
  const pool = createPool({ url, size: 1, service: 'test', logger });
  const registry = new Registry();
  const settings = {
    pool,
    tables,
    everyMs: 3_600_000,
    registry,
    logger,
    ...(batchSize === undefined ? {} : { batchSize }),
  };
  const sum = async (name: string) =>
    ((await registry.getSingleMetric(name)?.get())?.values ?? []).reduce((total, { value }) => total + value, 0);
  const pruner = startPruner(settings);
  await waitFor('the end of the pass', () => sum('pruned_timestamp_seconds'), { timeoutMs: 30_000 });
  await pruner.stop();
  await pool.end();
  return sum('pruned_rows_total');
}
