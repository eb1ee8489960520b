/**
 * Splits rows into rounds such that each order has at most one row in a round, in the order given: when a round is
 * acknowledged before the next is sent, no event overtakes an earlier one of its order, on whatever topic.
 */
export function inSequence<Row extends { orderId: string }>(rows: readonly Row[]): Row[][] {
  const rounds: Row[][] = [];
  const seen = new Map<string, number>();
  for (const row of rows) {
    const round = seen.get(row.orderId) ?? 0;
    seen.set(row.orderId, round + 1);
    (rounds[round] ??= []).push(row);
  }
  return rounds;
}

/** Splits a round into as few as have at most so many bytes each; a row that is bigger goes alone. */
export function closedByBytes<Row extends { value: string }>(round: readonly Row[], maxBytes: number): Row[][] {
  const batches: Row[][] = [];
  let left = 0;
  for (const row of round) {
    const bytes = Buffer.byteLength(row.value);
    const batch = batches.at(-1);
    if (batch !== undefined && bytes <= left) batch.push(row);
    else {
      batches.push([row]);
      left = maxBytes;
    }
    left -= bytes;
  }
  return batches;
}
