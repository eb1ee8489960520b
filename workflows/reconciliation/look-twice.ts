import { sleep } from '@temporalio/workflow';
import type { Finding } from '../../contracts/reconciliation.js';
import { compareOrder } from './compare/compare-order.js';
import { gatherRecords } from './gather-records.js';
import { areTheSame, type RecordsOfOrder } from './records-of-order.js';

/** An order that changed at each look is on its way: the next reconciliation sees it again. */
const MOST_LOOKS = 4;

export interface Confirmed {
  records: RecordsOfOrder;
  findings: Finding[];
}

/**
 * What is wrong with some orders, without false alarms: a suspicion counts only when two looks in a row, with a pause
 * between them that outlasts any attempt of a step, found exactly the same in every record of the order. While those
 * were read one after the other nothing of it has moved then, and nobody was about to move it.
 */
export async function lookTwice(
  orderIds: readonly string[],
  pauseMs: number,
): Promise<{ seen: RecordsOfOrder[]; confirmed: Confirmed[]; moving: number }> {
  const seen = await gatherRecords(orderIds);
  const confirmed: Confirmed[] = [];
  let suspects = seen.filter(isSuspicious);
  for (let look = 2; look <= MOST_LOOKS && suspects.length > 0; look++) {
    await sleep(pauseMs);
    const again = await gatherRecords(suspects.map(({ orderId }) => orderId));
    const stillSuspicious = again.filter(isSuspicious);
    const rests = (records: RecordsOfOrder) =>
      suspects.some((before) => before.orderId === records.orderId && areTheSame(before, records));
    for (const records of stillSuspicious)
      if (rests(records)) confirmed.push({ records, findings: compareOrder(records, Date.now()) });
    suspects = stillSuspicious.filter((records) => !rests(records));
  }
  return { seen, confirmed, moving: suspects.length };
}

function isSuspicious(records: RecordsOfOrder): boolean {
  return compareOrder(records, Date.now()).length > 0;
}
