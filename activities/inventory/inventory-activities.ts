import type { InventoryActivities } from '../../contracts/activities/inventory-activities.js';
import { commitStock } from './commit-stock.js';
import type { InventoryDependencies } from './inventory-dependencies.js';
import { releaseStock } from './release-stock.js';
import { reserveStock } from './reserve-stock.js';

/** What the worker of task queue `inventory` performs. */
export function createInventoryActivities(dependencies: InventoryDependencies): InventoryActivities {
  return {
    reserveStock: (request) => reserveStock(dependencies, request),
    releaseStock: (request) => releaseStock(dependencies, request),
    commitStock: (request) => commitStock(dependencies, request),
  };
}
