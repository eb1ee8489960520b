import { CANCEL_UPDATE_ID } from '../../../contracts/order-saga.js';
import type { InTheBooks } from '../books.js';
import { historyOf, workflowIsThere } from '../temporal.js';
import type { CalledOff } from './call-off.js';

/** What an order was at when its cancellation came. */
export const MOMENTS = [
  'beginning',
  'reserving',
  'paying',
  'handing it to the carrier',
  'waiting for the carrier',
  'being undone',
  'the carrier had it, or it was over',
] as const;

/** A step is written down in a few milliseconds: too short to be sure of it. */
export type WhereItFell = (typeof MOMENTS)[number] | 'writing a step down';

const AT: Record<string, WhereItFell> = {
  reserveStock: 'reserving',
  chargePayment: 'paying',
  startDelivery: 'handing it to the carrier',
  cancelDelivery: 'being undone',
  refundPayment: 'being undone',
  releaseStock: 'being undone',
  commitStock: 'the carrier had it, or it was over',
};

/** By the workflow's history: what ran when it took the cancellation. One that it refused, or never got, isn't in it. */
export async function whereItFell(
  namespace: string,
  { orderId }: CalledOff,
  { reason }: InTheBooks,
): Promise<WhereItFell> {
  // One of a crowd whose product is sold out was over before a workflow began.
  if (reason === 'INSUFFICIENT_STOCK' && !(await workflowIsThere(namespace, orderId)))
    return 'the carrier had it, or it was over';
  const running = new Map<string, string>();
  let last = '';
  for (const event of await historyOf(namespace, orderId)) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      last = scheduled.activityType?.name ?? '';
      running.set(String(event.eventId), last);
    }
    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    if (ended) running.delete(String(ended.scheduledEventId));
    if (event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.meta?.updateId !== CANCEL_UPDATE_ID)
      continue;
    const [step] = running.values();
    if (step !== undefined) return AT[step] ?? 'writing a step down';
    if (last === '') return 'beginning';
    return last === 'startDelivery' ? 'waiting for the carrier' : 'writing a step down';
  }
  return 'the carrier had it, or it was over';
}
