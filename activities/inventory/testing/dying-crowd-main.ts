import { Registry } from 'prom-client';
import { armCrashPoints } from '../../../platform/crash-points/crash-point.js';
import { createLocks } from '../../../platform/lock/redis-lock.js';
import { createLogger } from '../../../platform/logger.js';
import { createRedis } from '../../../platform/redis.js';
import { connectStock } from '../../../services/inventory/testing/open-inventory.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { createInventoryActivities } from '../inventory-activities.js';
import { createStockLock } from '../stock-lock.js';

// Orders of one unit each that come at once in a process of their own, which dies where a crash point is armed.

const [databaseUrl = '', redisUrl = '', crashPoints = '', productId = '', ...orderIds] = process.argv.slice(2);
const logger = createLogger({ service: 'inventory-service', level: 'silent' });
const { stock } = connectStock(databaseUrl, 5);
const redis = createRedis({ url: redisUrl, logger });
await waitFor('Redis', () => redis.status === 'ready');
const registry = new Registry();
const withStockLock = createStockLock({ locks: createLocks(redis), logger, registry });
const activities = createInventoryActivities({ stock, withStockLock, logger, registry });
armCrashPoints(crashPoints);
await Promise.allSettled(
  orderIds.map((orderId) =>
    activities.reserveStock({ orderId, lines: [{ productId: Number(productId), quantity: 1 }] }),
  ),
);
process.exit();
