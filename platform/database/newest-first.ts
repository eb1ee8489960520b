/** The order of a list; the id decides between rows of one moment. */
export const newestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];

/** What comes after a place in `newestFirst`, for Prisma's `where`; without a place, everything. */
export function after<Id extends string | number>(place: { createdAt: Date; id: Id } | undefined) {
  if (place === undefined) return {};
  const { createdAt, id } = place;
  // Apart from the choice, because an index can begin to read at a bound but not at an OR.
  return { createdAt: { lte: createdAt }, OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }] };
}
