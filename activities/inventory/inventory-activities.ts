import type { Registry } from 'prom-client';
import type { Logger } from '../../platform/logger.js';
import { counter } from '../../platform/metrics.js';
import {
  type StockStore,
  type ReleaseOutcome,
  createStockReconciliationReader,
} from '../../services/inventory/stock-store.js';
import type { ReserveOutcome } from '../../services/inventory/domain/reservation.js';
import { createReservationGroups } from './reservation-groups.js';
import type { StockLock } from './stock-lock.js';
import type {
  InventoryActivities,
  RestockActivities,
  RestockRequest,
  StockRequest,
} from '../../contracts/activities/inventory-activities.js';
import { REFUSALS, type InsufficientStock } from '../../contracts/refusals.js';
import { refusal } from '../refusal.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';
import type { StockReconciliation } from '../../contracts/activities/reconciliation.js';
import type { PrismaClient } from '../../services/inventory/prisma/generated/client.js';

interface InventoryDependencies {
  stock: StockStore;
  withStockLock: StockLock;
  logger: Logger;
  registry: Registry;
}

/** Throws the refusals of the contract, LockNotAcquired, or whatever the database fails with; the last two are retried. */
async function reserveStock(
  { logger, registry }: InventoryDependencies,
  reserve: (request: StockRequest) => Promise<ReserveOutcome>,
  request: StockRequest,
): Promise<void> {
  const { orderId, lines } = request;
  const reserved = await reserve(request);
  counter(registry, 'stock_reservations_total').inc({ outcome: reserved.outcome });
  switch (reserved.outcome) {
    case 'reserved':
      logger.info({ orderId, lines }, 'stock reserved');
      return;
    case 'insufficient': {
      const { productId, requested, available } = reserved;
      const short: InsufficientStock = { productId, requested, available };
      logger.info({ orderId, ...short }, 'insufficient stock');
      throw refusal(
        REFUSALS.insufficientStock,
        `product ${String(productId)}: ${String(requested)} asked for, ${String(available)} there`,
        short,
      );
    }
    case 'compensated':
      logger.info({ orderId }, 'reservation came after its release');
      throw refusal(REFUSALS.compensated, 'the stock of this order was released');
  }
}

const MESSAGES: Record<ReleaseOutcome, string> = {
  released: 'stock released',
  returned: 'stock returned',
  marked: 'stock not reserved yet, and will not be',
  nothing: 'no stock to release',
};

/** Throws LockNotAcquired, or whatever the database fails with: both are retried. */
async function releaseStock(
  { stock, withStockLock, logger }: InventoryDependencies,
  request: StockRequest,
): Promise<void> {
  const { orderId, lines } = request;
  const outcome = await withStockLock(lines, async () => {
    crashPoint('release: before');
    const done = await stock.release(request);
    crashPoint('release: written');
    return done;
  });
  logger.info({ orderId, lines }, MESSAGES[outcome]);
}

/** Throws LockNotAcquired, whatever the database fails with, or that nothing is held: it waits for an operator then. */
async function commitStock(
  { stock, withStockLock, logger }: InventoryDependencies,
  request: StockRequest,
): Promise<void> {
  const { orderId, lines } = request;
  const now = await withStockLock(lines, async () => {
    crashPoint('commit: before');
    const done = await stock.commit(request);
    crashPoint('commit: written');
    return done;
  });
  logger.info({ orderId, lines }, now ? 'stock committed' : 'stock committed before');
}

/** Throws LockNotAcquired, or whatever the database fails with: both are retried. */
async function restock(
  { stock, withStockLock, logger }: InventoryDependencies,
  request: RestockRequest,
): Promise<{ restocked: boolean }> {
  const restocked = await withStockLock(request.lines, async () => {
    crashPoint('restock: before');
    const done = await stock.restock(request);
    crashPoint('restock: written');
    return done;
  });
  logger.info({ ...request }, restocked ? 'stock restocked' : 'more than was delivered, not restocked');
  return { restocked };
}

/** What the worker of task queue `inventory` performs. */
export function createInventoryActivities(
  dependencies: InventoryDependencies,
): InventoryActivities & RestockActivities {
  counter(dependencies.registry, 'stock_reservations_total');
  const reserve = createReservationGroups(dependencies.stock, dependencies.withStockLock);
  return {
    restock: (request) => restock(dependencies, request),
    restockShort: async (request) => (await dependencies.stock.restockShort(request)) ?? null,
    reserveStock: (request) => reserveStock(dependencies, reserve, request),
    releaseStock: (request) => releaseStock(dependencies, request),
    commitStock: (request) => commitStock(dependencies, request),
  };
}

/** What a reconciliation asks of the inventory service. */
export function createStockReconciliation(prisma: PrismaClient): StockReconciliation {
  const { listOrderIds, stockRecords, wrongStockLevels } = createStockReconciliationReader(prisma);
  return { listStockOrderIds: listOrderIds, stockRecords, wrongStockLevels };
}
