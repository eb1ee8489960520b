import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { hash } from '@node-rs/argon2';
import { isBulkheadRejectedError } from 'cockatiel';
import { expect, test } from 'vitest';
import { COMMON_PASSWORDS } from './common-passwords.js';
import { hashPassword, passwordMatches, whyRefused } from './passwords.js';

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

const email = 'Carol.Smith@example.com';

test.each([
  ['carol.smith@example.com', 'must not be the e-mail address'],
  ['CAROL.SMITH@EXAMPLE.COM', 'must not be the e-mail address'],
  [' carol.smith', 'must not be the e-mail address'],
  ['\uff23arol.Smith', 'must not be the e-mail address'],
  ['e\u0301'.repeat(4), 'must have at least 8 characters'],
  ['\u3164'.repeat(8), 'must not be blank'],
  ['\u200b\u00ad \ufeff'.repeat(2), 'must not be blank'],
  ['12345678', 'is one of the commonest passwords'],
  ['Password1', 'is one of the commonest passwords'],
  ['iloveyou2 ', 'is one of the commonest passwords'],
  ['\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44', 'is one of the commonest passwords'],
])('%s is refused: %s', (password, why) => {
  expect(whyRefused(password, email)).toBe(why);
});

test.each(['correct horse', 'example.com', 'carol.smith2', '찻주전자 하나만 주세요', 'password of mine'])(
  '%s is fine',
  (password) => expect(whyRefused(password, email)).toBeUndefined(),
);

test('ten thousand common ones are known, each as it is compared', () => {
  expect(COMMON_PASSWORDS.size).toBe(10_000);
  expect([...COMMON_PASSWORDS].filter((one) => one.length < 8 || one !== one.trim().toLowerCase())).toEqual([]);
});
