import type { RefundPartAnswer, RefundPartRequest } from '../../contracts/activities/payment-activities.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';
import type { ProviderPart } from './payment-provider.js';
import type { PaymentService } from './undo-charge.js';

/** `first`: it was this call that brought it about. */
type PartOutcome = RefundPartAnswer & { first?: boolean };

/**
 * Gives a part of an order's charge back, once, however often and however concurrently it is called. The row comes
 * before the provider is asked, so that what is under way can't be given back by another, too.
 */
export async function refundPart(service: PaymentService, part: RefundPartRequest): Promise<PartOutcome> {
  const { store } = service;
  crashPoint('part: before the row');
  const opened = await store.openPart(part);
  if (opened === 'only-held') return { outcome: opened };
  if ('left' in opened) return { outcome: 'too-much', left: opened.left };
  const { operation, first } = opened;
  if (
    operation.kind !== 'REFUND' ||
    operation.orderId !== part.orderId ||
    Number(operation.amount) !== part.amount ||
    operation.reason !== part.reason
  )
    return { outcome: 'another' };
  if (operation.state !== 'PENDING') return decided(operation, false);

  crashPoint('part: row written');

  const answer = await refundAtProvider(service, part, first);
  crashPoint('part: provider answered');
  const recorded = await store.recordPart(part.operationId, answer);
  crashPoint('part: recorded');
  return decided(recorded.operation, recorded.changed);
}

/** As with a charge, what an earlier attempt brought about is asked for first: a provider forgets keys. */
async function refundAtProvider(
  { provider }: PaymentService,
  { operationId, orderId, amount }: RefundPartRequest,
  first: boolean,
): Promise<ProviderPart> {
  const entries = first ? [] : await provider.entriesOf([orderId]);
  const known = entries.flatMap(({ parts }) => parts).find(({ idempotencyKey }) => idempotencyKey === operationId);
  if (known !== undefined) return { outcome: 'refunded', refundId: known.refundId };
  return provider.refundPart({ idempotencyKey: operationId, chargeKey: orderId, amount });
}

function decided(
  { state, providerReference }: { state: string; providerReference: string | null },
  first: boolean,
): PartOutcome {
  return state === 'DONE'
    ? { outcome: 'refunded', first }
    : { outcome: 'refused', code: providerReference ?? 'refused' };
}
