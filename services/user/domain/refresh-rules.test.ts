import { expect, test } from 'vitest';
import { expiryOf, judgeRefreshToken } from './refresh-rules.js';

const now = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-01-02T00:00:00Z');
const before = new Date('2025-12-31T00:00:00Z');
const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
const rules = { now, endsAfterMs: 90 * dayMs };
const familyBeganAt = daysAgo(1);

test('a token is usable until it is spent or has expired', () => {
  expect(judgeRefreshToken({ expiresAt: later, spentAt: null, familyBeganAt }, rules)).toBe('usable');
  expect(judgeRefreshToken({ expiresAt: now, spentAt: null, familyBeganAt }, rules)).toBe('expired');
});

test('a spent token counts as reused, expired or not', () => {
  expect(judgeRefreshToken({ expiresAt: later, spentAt: before, familyBeganAt }, rules)).toBe('reused');
  expect(judgeRefreshToken({ expiresAt: before, spentAt: before, familyBeganAt }, rules)).toBe('reused');
});

test('no token outlives its family, which has an end that no refresh puts off', () => {
  const made = (began: Date) => expiryOf({ ...rules, familyBeganAt: began });
  expect(made(now)).toEqual(daysAgo(-30));
  expect(made(daysAgo(80))).toEqual(daysAgo(-10));
  // Also where the setting was longer when it was made.
  expect(judgeRefreshToken({ expiresAt: later, spentAt: null, familyBeganAt: daysAgo(90) }, rules)).toBe('expired');
});
