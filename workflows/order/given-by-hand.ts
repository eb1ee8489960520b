import type { SagaStep } from '../../contracts/saga-steps.js';

/**
 * The texts in a step's result, which its service gave, or an operator who completed the activity by hand: they may have
 * given nothing, or `{}`, and `tctl` sends every result as one text with the JSON in it. What is no plain id is left
 * out, or the order's row could refuse it for ever.
 */
export function textsIn<Name extends string>(result: unknown, ...names: Name[]): { [N in Name]?: string } {
  const given = typeof result === 'string' ? parsed(result) : result;
  const values = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const texts: { [N in Name]?: string } = {};
  for (const name of names) {
    const value = values[name];
    if (typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value)) texts[name] = value;
  }
  return texts;
}

/** When a record was written, as it says; now, where it was completed by hand without saying. */
export function writtenAt(result: unknown): string {
  return new Date(timeIn(result) ?? Date.now()).toISOString();
}

/** False: it was completed by hand, or settled, and the row knows nothing of it. */
export function wasWritten(result: unknown): boolean {
  return timeIn(result) !== undefined;
}

/**
 * An operator completed the activity, rather than its service: most answer with nothing, which nobody can say by hand.
 */
export function wasByHand(step: SagaStep, result: unknown): boolean {
  switch (step) {
    // What a payment was said to be is taken for it.
    case 'charge-payment':
      return textsIn(result, 'paymentId').paymentId === undefined;
    case 'start-delivery':
      return typeof (result as { carrier?: unknown } | null | undefined)?.carrier !== 'string';
    case 'refund-payment':
      return typeof (result as { refunded?: unknown } | null | undefined)?.refunded !== 'boolean';
    case 'reserve-stock':
    case 'commit-stock':
    case 'cancel-delivery':
    case 'release-stock':
      return result !== undefined;
  }
}

function timeIn(result: unknown): string | undefined {
  const updatedAt = (result as { updatedAt?: unknown } | null | undefined)?.updatedAt;
  const isTime = typeof updatedAt === 'string' && !Number.isNaN(Date.parse(updatedAt));
  return isTime ? updatedAt : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
