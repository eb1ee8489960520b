export interface NotificationState {
  status: 'PENDING' | 'SENT' | 'FAILED';
  /** When it was last handed to its channel; null: never, or it certainly did not go. */
  sendingAt: Date | null;
}

export type Standing = 'to send' | 'being sent' | 'lost track of' | 'over';

/** Why it is over, where nobody knows how: by itself it is never sent again. */
export const LOST = 'whether it went is not known';

/**
 * Where a notification stands. One that was handed over longer ago than the lease by somebody who never came back may
 * have gone out or not: it is lost track of, and never sent again.
 */
export function standingOf(
  { status, sendingAt }: NotificationState,
  { now, leaseMs }: { now: Date; leaseMs: number },
): Standing {
  if (status !== 'PENDING') return 'over';
  if (sendingAt === null) return 'to send';
  return sendingAt.getTime() + leaseMs > now.getTime() ? 'being sent' : 'lost track of';
}
