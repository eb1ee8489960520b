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
