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

/** The first look: what was seen, and what of it looks wrong. */
export async function look(
  orderIds: readonly string[],
): Promise<{ seen: RecordsOfOrder[]; suspects: RecordsOfOrder[] }> {
  const seen = await gatherRecords(orderIds);
  return { seen, suspects: seen.filter(isSuspicious) };
}

/**
 * What is wrong with the suspects, without false alarms: a suspicion counts only when two looks in a row, with a pause
 * between them that outlasts any attempt of a step, found exactly the same in every record of the order. While those
 * were read one after the other nothing of it has moved then, and nobody was about to move it.
 */
export async function lookAgain(
  suspects: readonly RecordsOfOrder[],
  pauseMs: number,
): Promise<{ confirmed: Confirmed[]; moving: RecordsOfOrder[] }> {
  const confirmed: Confirmed[] = [];
  let left = suspects;
  for (let times = 2; times <= MOST_LOOKS && left.length > 0; times++) {
    await sleep(pauseMs);
    const before = new Map(left.map((records) => [records.orderId, records]));
    const { suspects: again } = await look([...before.keys()]);
    const rests = (records: RecordsOfOrder) => areTheSame(before.get(records.orderId), records);
    for (const records of again)
      if (rests(records)) confirmed.push({ records, findings: compareOrder(records, Date.now()) });
    left = again.filter((records) => !rests(records));
  }
  return { confirmed, moving: [...left] };
}

function isSuspicious(records: RecordsOfOrder): boolean {
  return compareOrder(records, Date.now()).length > 0;
}
