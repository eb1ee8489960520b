import fc from 'fast-check';
import { expect, it } from 'vitest';
import { closedByBytes, inSequence } from './event-publisher.js';

it('keeps each row once, each subject at most once in a round, and in its order', () => {
  const rows = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
    .map((subjects) => subjects.map((subject, id) => ({ id, subject })));
  fc.assert(
    fc.property(rows, (given) => {
      const rounds = inSequence(given);
      for (const round of rounds) expect(new Set(round.map(({ subject }) => subject)).size).toBe(round.length);
      expect(rounds.flat().sort((a, b) => a.id - b.id)).toEqual(given);
      for (const one of ['a', 'b', 'c', 'd']) {
        const sent = rounds.flat().filter(({ subject }) => subject === one);
        expect(sent).toEqual(given.filter(({ subject }) => subject === one));
      }
    }),
  );
});

it('closes a batch before it is too big, keeps all rows in their order, and leaves a row that is too big alone', () => {
  const rows = fc.array(fc.nat(150).map((bytes) => ({ value: 'x'.repeat(bytes) })));
  fc.assert(
    fc.property(rows, (given) => {
      const batches = closedByBytes(given, 100);
      expect(batches.flat()).toEqual(given);
      const bytesOf = (batch: typeof given) => batch.reduce((sum, { value }) => sum + value.length, 0);
      for (const batch of batches) expect(batch.length === 1 || bytesOf(batch) <= 100).toBe(true);
      for (const [index, batch] of batches.entries())
        if (index > 0) expect(bytesOf(batches[index - 1]!) + batch[0]!.value.length).toBeGreaterThan(100);
    }),
  );
});

it('counts bytes, not characters', () => {
  expect(closedByBytes([{ value: '노트북' }, { value: '노트북' }], 12)).toHaveLength(2);
});
