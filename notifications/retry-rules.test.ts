import { expect, test } from 'vitest';
import { RETRY_RULES, nextTry } from './retry-rules.js';

const pauses = (hindrance: keyof typeof RETRY_RULES, tries: number) =>
  Array.from({ length: tries }, (_, i) => nextTry(RETRY_RULES, hindrance, { tries: i + 1, elapsedMs: 0 }));

test.each(['not-sent', 'not-kept'] as const)('%s: a message is tried six times, with growing pauses', (hindrance) => {
  expect(pauses(hindrance, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 'give up']);
});

test('a channel that takes nothing is waited for without end', () => {
  expect(nextTry(RETRY_RULES, 'channel-away', { tries: 1_000_000, elapsedMs: 1e12 })).toBe(30_000);
});

test('a user service that is away is waited for an hour', () => {
  expect(nextTry(RETRY_RULES, 'no-address', { tries: 200, elapsedMs: 3_599_999 })).toBe(15_000);
  expect(nextTry(RETRY_RULES, 'no-address', { tries: 200, elapsedMs: 3_600_000 })).toBe('give up');
});

test('our own database is waited for without end', () => {
  expect(nextTry(RETRY_RULES, 'own-trouble', { tries: 1_000_000, elapsedMs: 1e12 })).toBe(5_000);
});
