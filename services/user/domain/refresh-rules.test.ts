import { expect, test } from 'vitest';
import { judgeRefreshToken } from './refresh-rules.js';

const now = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-01-02T00:00:00Z');
const before = new Date('2025-12-31T00:00:00Z');

test('a token is usable until it is spent or has expired', () => {
  expect(judgeRefreshToken({ expiresAt: later, spentAt: null }, now)).toBe('usable');
  expect(judgeRefreshToken({ expiresAt: now, spentAt: null }, now)).toBe('expired');
});

test('a spent token counts as reused, expired or not', () => {
  expect(judgeRefreshToken({ expiresAt: later, spentAt: before }, now)).toBe('reused');
  expect(judgeRefreshToken({ expiresAt: before, spentAt: before }, now)).toBe('reused');
});
