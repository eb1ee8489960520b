import { expect, test } from 'vitest';
import { expiryOf, judgeRefreshToken } from './session-store.js';

const now = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-01-02T00:00:00Z');
const before = new Date('2025-12-31T00:00:00Z');
const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
const rules = { client: 'a hash', now, endsAfterMs: 90 * dayMs };
const familyBeganAt = daysAgo(1);

test('a token is usable until it is spent or has expired', () => {
  expect(judgeRefreshToken({ expiresAt: later, spentAt: null, spentBy: null, familyBeganAt }, rules)).toBe('usable');
  expect(judgeRefreshToken({ expiresAt: now, spentAt: null, spentBy: null, familyBeganAt }, rules)).toBe('expired');
});

test('a spent token counts as reused, expired or not', () => {
  expect(judgeRefreshToken({ expiresAt: later, spentAt: before, spentBy: 'a hash', familyBeganAt }, rules)).toBe(
    'reused',
  );
  expect(judgeRefreshToken({ expiresAt: before, spentAt: before, spentBy: 'a hash', familyBeganAt }, rules)).toBe(
    'reused',
  );
});

test('a token is usable once more for a moment, by the client that spent it', () => {
  const spent = (ms: number, spentBy: string | null) =>
    judgeRefreshToken({ expiresAt: later, spentAt: new Date(now.getTime() - ms), spentBy, familyBeganAt }, rules);
  expect([spent(0, 'a hash'), spent(9_999, 'a hash')]).toEqual(['usable', 'usable']);
  expect([spent(10_000, 'a hash'), spent(0, 'another'), spent(0, null)]).toEqual(['reused', 'reused', 'reused']);
});

test('no token outlives its family, which has an end that no refresh puts off', () => {
  const made = (began: Date) => expiryOf({ ...rules, familyBeganAt: began });
  expect(made(now)).toEqual(daysAgo(-30));
  expect(made(daysAgo(80))).toEqual(daysAgo(-10));
  // Also where the setting was longer when it was made.
  expect(judgeRefreshToken({ expiresAt: later, spentAt: null, spentBy: null, familyBeganAt: daysAgo(90) }, rules)).toBe(
    'expired',
  );
});
