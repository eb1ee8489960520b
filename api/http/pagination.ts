import { z } from 'zod';
import { integerIdParamSchema } from '../../contracts/http/common.js';
import { badRequest } from './problem.js';

/** Where a page ended: the last item's place in "newest first". */
export interface Position {
  createdAt: Date;
  id: string;
}

// No year 0 and no NUL: PostgreSQL knows neither.
const positionSchema = z.tuple([
  z.iso.datetime().regex(/^(?!0000)/),
  z
    .string()
    .min(1)
    .regex(/^[^\0]*$/),
]);

const strangeCursor = () =>
  badRequest('Invalid query parameters.', [{ path: 'cursor', message: 'is not a valid cursor' }]);

/** Reads a cursor that an earlier page gave; anything else is a 400. */
export function readCursor(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [createdAt, id] = positionSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { createdAt: new Date(createdAt), id };
  } catch {
    throw strangeCursor();
  }
}

/** The same, of a list whose items have integers as ids. */
export function readIntegerCursor(cursor: string | undefined): { createdAt: Date; id: number } | undefined {
  const position = readCursor(cursor);
  if (position === undefined) return undefined;
  const id = integerIdParamSchema.safeParse(position.id);
  if (!id.success) throw strangeCursor();
  return { createdAt: position.createdAt, id: id.data };
}

export function writeCursor({ createdAt, id }: Position): string {
  return Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url');
}

/** From `limit + 1` rows, newest first, to a page: the extra row only tells that there is more. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  positionOf: (row: Row) => Position,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    items: kept.map(toItem),
    nextCursor: rows.length > limit && last !== undefined ? writeCursor(positionOf(last)) : null,
  };
}
