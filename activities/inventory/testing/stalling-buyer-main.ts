import { createInterface } from 'node:readline';
import { Registry } from 'prom-client';
import { createLocks } from '../../../platform/lock/redis-lock.js';
import { createLogger } from '../../../platform/logger.js';
import { createRedis } from '../../../platform/redis.js';
import { connectStock } from '../../../services/inventory/testing/open-inventory.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { createInventoryActivities } from '../inventory-activities.js';
import { createStockLock } from '../stock-lock.js';

// One order in a process of its own, which says where it is, and goes on from the lock to the database when told to.

const [databaseUrl = '', redisUrl = '', orderId = '', productId = ''] = process.argv.slice(2);
const say = (word: string) => process.stdout.write(`${word}\n`);
const told = new Promise<void>((resolve) => {
  createInterface(process.stdin).once('line', () => resolve());
});

const logger = createLogger({ service: 'inventory-service', level: 'silent' });
const { prisma, stock } = connectStock(databaseUrl, 1);
const redis = createRedis({ url: redisUrl, logger });
await waitFor('Redis', () => redis.status === 'ready');
// Its connection is there before it takes the lock.
await stock.find(1);

const registry = new Registry();
try {
  const activities = createInventoryActivities({
    stock: {
      ...stock,
      reserve: async (request) => {
        say('locked');
        await told;
        return stock.reserve(request);
      },
    },
    withStockLock: createStockLock({ locks: createLocks(redis), logger, registry }),
    logger,
    registry,
  });
  await activities.reserveStock({ orderId, lines: [{ productId: Number(productId), quantity: 1 }] });
  say('reserved');
} catch (error) {
  say(error instanceof Error && 'type' in error ? String(error.type) : String(error));
}
redis.disconnect();
await prisma.$disconnect();
process.exit();
