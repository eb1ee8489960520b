import { isFinal, type OrderStatus } from '../../../contracts/order-status.js';
import type { Finding } from '../../../contracts/reconciliation.js';
import type { ReservationStatus } from '../../../services/inventory/domain/reservation.js';
import type { RecordsOfOrder } from '../gather-records.js';
import { finding } from './finding.js';

const HELD = 'HELD' satisfies ReservationStatus;

/** Younger ones are in the hands of the request that placed them, then of the sweeper. */
const STARTED_WITHIN_MS = 30_000;
/** The workflow ends a moment after its last record. */
const ENDS_WITHIN_MS = 60_000;

export function compareWorkflow(records: RecordsOfOrder, now: number): Finding[] {
  const { order, workflow } = records;
  if (order === undefined) return [];
  const { orderId, status } = order;
  const says = `order ${status}, workflow ${workflow.detail}`;
  const of = (kind: Finding['kind'], repair?: Finding['repair']) => [
    finding(kind, orderId, says, { ...atStake(records), repair }),
  ];

  if (isFinal(status)) {
    if (workflow.state === 'running')
      return now - Date.parse(order.updatedAt) > ENDS_WITHIN_MS ? of('workflow-outlives-order') : [];
    const endedOtherwise = workflow.orderStatus !== undefined && workflow.orderStatus !== status;
    return workflow.state === 'completed' && endedOtherwise
      ? [finding('status-differs', orderId, `order ${status}, workflow ended as ${workflow.orderStatus ?? ''}`)]
      : [];
  }
  switch (workflow.state) {
    case 'running':
      return [];
    case 'completed':
      // It ended well by its own books, so what it did must not be undone behind its back.
      return of('status-differs', isFurther(workflow.orderStatus, status) ? 'write-status' : undefined);
    case 'forgotten':
      // It may have ended well, so nothing of it may be undone.
      return of('workflow-gone');
    case 'ended-otherwise':
      return of('workflow-gone', 'undo-order');
    case 'gone':
      if (order.wasStarted) return of('workflow-gone', 'undo-order');
      return now - Date.parse(order.createdAt) > STARTED_WITHIN_MS
        ? of('workflow-never-started', 'start-workflow')
        : [];
  }
}

/** On its own branch. */
function isFurther(ended: string | undefined, status: OrderStatus): boolean {
  return ended === 'CANCELLED' || (ended === 'COMPLETED' && status !== 'CANCELLING');
}

/** What the order holds, and nobody will give back. */
function atStake({ stock, payment, ledger }: RecordsOfOrder): Pick<Finding, 'units' | 'money'> {
  const units = stock.filter(({ status }) => status === HELD).reduce((sum, { quantity }) => sum + quantity, 0);
  const charged = [ledger, payment].find((record) => record?.status === 'CHARGED');
  return {
    ...(units > 0 && { units }),
    ...(charged && { money: { amount: charged.amount, currency: charged.currency } }),
  };
}
