import fc from 'fast-check';
import { expect, it } from 'vitest';

import { inSequence } from './in-sequence.js';

it('keeps each row once, each order at most once in a round, and in its order', () => {
  const rows = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
    .map((orders) => orders.map((orderId, id) => ({ id, orderId })));
  fc.assert(
    fc.property(rows, (given) => {
      const rounds = inSequence(given);
      for (const round of rounds) expect(new Set(round.map(({ orderId }) => orderId)).size).toBe(round.length);
      expect(rounds.flat().sort((a, b) => a.id - b.id)).toEqual(given);
      for (const order of ['a', 'b', 'c', 'd']) {
        const sent = rounds.flat().filter(({ orderId }) => orderId === order);
        expect(sent).toEqual(given.filter(({ orderId }) => orderId === order));
      }
    }),
  );
});
