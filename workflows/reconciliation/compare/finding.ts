import { SEEN_BEFORE } from '../../../contracts/activities/reconciliation.js';
import type { Finding } from '../../../contracts/reconciliation.js';

/** A finding about one order; without a repair it is left out rather than undefined. */
export function finding(
  kind: Finding['kind'],
  orderId: string,
  detail: string,
  { repair, ...more }: Pick<Finding, 'units' | 'money'> & { repair?: Finding['repair'] | undefined } = {},
): Finding {
  return { kind, orderId, detail, ...more, ...(repair === undefined ? {} : { repair }) };
}

/** A finding as an operator acknowledges it: one that stands otherwise is another, and told again; what Temporal forgets is not. */
export function acknowledgedAs({ kind, detail }: Finding): string {
  return `${kind}: ${detail.replace(SEEN_BEFORE, '')}`;
}
