import type { StockLevelRecord } from '../../../contracts/activities/reconciliation.js';
import type { Finding } from '../../../contracts/reconciliation.js';

/** One product's level against its own reservations. Both were read at one moment, so nothing can have moved between. */
export function compareStockLevel({ productId, quantity, reserved, held }: StockLevelRecord): Finding[] {
  const detail = `${quantity} to be ordered, ${reserved} reserved, ${held} held by orders`;
  const below = -Math.min(quantity, 0) - Math.min(reserved, 0);
  const findings: Finding[] = [];
  if (reserved !== held)
    findings.push({ kind: 'stock-level-differs', productId, detail, units: Math.abs(reserved - held) });
  if (below > 0) findings.push({ kind: 'stock-negative', productId, detail, units: below });
  return findings;
}
