import {
  PART_ANSWERED_WITHIN_MS,
  type StockLevelRecord,
  type StockRecord,
} from '../../../contracts/activities/reconciliation.js';
import type { Finding } from '../../../contracts/reconciliation.js';
import type { ReservationStatus } from '../../../services/inventory/domain/reservation.js';
import type { RecordsOfOrder } from '../gather-records.js';
import { finding, stageOf } from './finding.js';

const HELD = 'HELD' satisfies ReservationStatus;
const SOLD = 'COMMITTED' satisfies ReservationStatus;

/** Whose units they are. */
export function compareStock({ orderId, order, stock }: RecordsOfOrder): Finding[] {
  const held = stock.filter(({ status }) => status === HELD);
  const sold = stock.filter(({ status }) => status === SOLD);
  const of = (kind: Finding['kind'], rows: readonly StockRecord[], repair?: Finding['repair']) =>
    rows.length === 0 ? [] : [finding(kind, orderId, inWords(rows), { units: unitsOf(rows), repair })];
  if (order === undefined) return of('stock-without-order', [...held, ...sold]);

  const [ordered, reserved] = [linesOf(order.lines), linesOf(stock)];
  if (stock.length > 0 && ordered !== reserved)
    return [finding('stock-lines-differ', orderId, `order: ${ordered}; stock: ${reserved}`)];

  const stage = stageOf(order).stock;
  switch (stage) {
    case 'open':
      return [];
    case 'held':
    case 'sold': {
      if (held.length + sold.length > 0) return stage === 'sold' ? of('stock-not-committed', held, 'commit-stock') : [];
      const detail = `order ${order.status}; stock: ${inWords(stock) || 'never reserved'}`;
      return [finding('stock-missing', orderId, detail, { units: unitsOf(order.lines) })];
    }
    case 'undone':
      return [...of('stock-still-held', held, 'release-stock'), ...of('stock-sold-but-cancelled', sold)];
  }
}

/** Of what went back of the charge already: until then the money's own books tell of it. */
export function compareRestocks({ orderId, order, stock }: RecordsOfOrder, now: number): Finding[] {
  // Asked of a version that knew of none.
  if (stock.some(({ restocks }) => restocks === undefined)) return [];
  return (order?.restocks ?? []).flatMap(({ operationId, lines, refundedAt, isTold }) => {
    const isBooked = lines.every(({ productId }) =>
      stock.some((row) => row.productId === productId && row.restocks?.includes(operationId)),
    );
    if ((isBooked && isTold) || now - Date.parse(refundedAt) <= PART_ANSWERED_WITHIN_MS) return [];
    const detail = `restock ${operationId} of ${linesOf(lines)} ${isBooked ? 'not in the order' : 'not in stock'}`;
    return [finding('restock-missing', orderId, detail, { units: unitsOf(lines), repair: 'restock-goods' })];
  });
}

type Line = Pick<StockRecord, 'productId' | 'quantity'>;

const byProduct = (a: Line, b: Line) => a.productId - b.productId;
const unitsOf = (lines: readonly Line[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);

function linesOf(lines: readonly Line[]): string {
  const words = [...lines].sort(byProduct).map(({ productId, quantity }) => `${quantity} of product ${productId}`);
  return words.join(', ');
}

function inWords(rows: readonly StockRecord[]): string {
  return [...rows]
    .sort(byProduct)
    .map((row) => `${linesOf([row])} ${row.status}`)
    .join(', ');
}

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
