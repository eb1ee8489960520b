import type { StockRequest } from '../../../contracts/activities/inventory-activities.js';

export type OrderLine = StockRequest['lines'][number];

/**
 * Ascending by product: locks and rows are always taken in this order, so that two orders never wait for each other.
 * Throws when there is no line, or two of one product: a set-based update would count only one of them.
 */
export function inProductOrder(lines: readonly OrderLine[]): OrderLine[] {
  if (lines.length === 0) throw new Error('an order without lines');
  const sorted = [...lines].sort((a, b) => a.productId - b.productId);
  const twice = sorted.find((line, index) => line.productId === sorted[index + 1]?.productId);
  if (twice !== undefined) throw new Error(`two lines of product ${String(twice.productId)}`);
  return sorted;
}
