import { expect, test } from 'vitest';
import { COMMIT, RELEASE, RESERVATION_STATUSES, type ReservationStatus } from './reservation.js';

/** What a unit of a line counts for, by its status: each of its kinds of place adds up to one or to none. */
const COUNTED: Record<ReservationStatus, { reserved: number; sold: number }> = {
  HELD: { reserved: 1, sold: 0 },
  COMMITTED: { reserved: 0, sold: 1 },
  RELEASED: { reserved: 0, sold: 0 },
  RETURNED: { reserved: 0, sold: 0 },
  REFUSED: { reserved: 0, sold: 0 },
};

test.each([
  ['release', RELEASE],
  ['commit', COMMIT],
] as const)('each move of a %s books what its two statuses say, and loses no unit', (_name, moves) => {
  for (const from of RESERVATION_STATUSES) {
    const move = moves[from];
    if (typeof move === 'string') continue;
    expect(move.reserved).toBe(COUNTED[move.to].reserved - COUNTED[from].reserved);
    expect(move.quantity + move.reserved + COUNTED[move.to].sold - COUNTED[from].sold).toBe(0);
  }
});

test('a release ends every order, and a second one changes nothing', () => {
  for (const from of RESERVATION_STATUSES) {
    const move = RELEASE[from];
    expect(typeof move === 'string' ? move : RELEASE[move.to]).toBe('none');
  }
});

test('only what is held can be committed', () => {
  const possible = RESERVATION_STATUSES.filter((status) => COMMIT[status] !== 'impossible');
  expect(possible).toEqual(['HELD', 'COMMITTED']);
});
