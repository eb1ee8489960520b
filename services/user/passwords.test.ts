import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { hash } from '@node-rs/argon2';
import { isBulkheadRejectedError } from 'cockatiel';
import { expect, test } from 'vitest';
import { hashPassword, passwordMatches } from './passwords.js';

test('a password is the one, or not, or of nobody', async () => {
  const hash = await hashPassword('long enough');
  expect(await passwordMatches(hash, 'long enough')).toBe(true);
  expect(await passwordMatches(hash, 'Long enough')).toBe(false);
  for (const nobody of [null, undefined]) expect(await passwordMatches(nobody, 'nobody has this password')).toBe(false);
});

test('a password is the same however its characters are written, also one from before there was one form', async () => {
  const [composed, decomposed] = ['caf\u00e9 au lait', 'cafe\u0301 au lait'];
  expect(await passwordMatches(await hashPassword(composed), decomposed)).toBe(true);
  expect(await passwordMatches(await hashPassword(decomposed), composed)).toBe(true);
  expect(await passwordMatches(await hashPassword('\uff4cong\u3000enough'), 'long enough')).toBe(true);
  const old = await hash(decomposed);
  expect(await passwordMatches(old, decomposed)).toBe(true);
  expect(await passwordMatches(old, composed)).toBe(false);
});

test('hashing leaves threads to others', async () => {
  let hashed = 0;
  const hashes = Array.from({ length: 20 }, () => hashPassword('long enough').then(() => (hashed += 1)));
  // On the same threads, as the check of a token is.
  await promisify(randomBytes)(16);
  expect(hashed).toBeLessThan(8);
  await Promise.all(hashes);
});

test('past a short queue whoever comes is turned away at once, and taken again later', async () => {
  const hashes = await Promise.allSettled(Array.from({ length: 60 }, () => hashPassword('long enough')));
  const refused = hashes.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  expect(refused.length).toBeGreaterThanOrEqual(28);
  expect(refused.every(isBulkheadRejectedError)).toBe(true);
  await hashPassword('long enough');
});
