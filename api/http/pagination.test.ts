import { expect, test } from 'vitest';
import { ProblemError } from './problem.js';
import { readCursor, toPage } from './pagination.js';

const rows = Array.from({ length: 5 }, (_, index) => ({
  id: `r${String(index)}`,
  createdAt: new Date(1_700_000_000_000 - index),
}));
const page = (taken: typeof rows, limit: number) =>
  toPage(
    taken,
    limit,
    (row) => row,
    (row) => row.id,
  );

test('a page points to the next one by its last item', () => {
  const { items, nextCursor } = page(rows.slice(0, 4), 3);
  expect(items).toEqual(['r0', 'r1', 'r2']);
  expect(readCursor(nextCursor ?? undefined)).toEqual(rows[2]);
});

test('the last page points nowhere', () => {
  expect(page(rows.slice(3), 3)).toEqual({ items: ['r3', 'r4'], nextCursor: null });
  expect(page([], 3)).toEqual({ items: [], nextCursor: null });
});

test.each([
  'x',
  'e30',
  Buffer.from('["yesterday","a"]').toString('base64url'),
  Buffer.from('[1]').toString('base64url'),
  Buffer.from('["2026-01-01T00:00:00Z","a\\u0000"]').toString('base64url'),
  Buffer.from('["0000-01-01T00:00:00Z","a"]').toString('base64url'),
])('a cursor that is not ours is a 400: %s', (cursor) => {
  expect(() => readCursor(cursor)).toThrow(ProblemError);
});
