import { expect, test } from 'vitest';
import { standingOf } from './notification-store.js';

const now = new Date('2026-01-01T00:01:00Z');
const at = { now, leaseMs: 30_000 };

test.each([
  ['PENDING', null, 'to send'],
  ['PENDING', '2026-01-01T00:00:31Z', 'being sent'],
  ['PENDING', '2026-01-01T00:00:30Z', 'lost track of'],
  ['SENT', '2026-01-01T00:00:00Z', 'over'],
  ['FAILED', null, 'over'],
  ['FAILED', '2026-01-01T00:00:00Z', 'over'],
] as const)('%s, handed over at %s: %s', (status, sendingAt, standing) => {
  expect(standingOf({ status, sendingAt: sendingAt === null ? null : new Date(sendingAt) }, at)).toBe(standing);
});
