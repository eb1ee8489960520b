import { expect, test } from 'vitest';
import { COMMON_PASSWORDS } from './common-passwords.js';
import { whyRefused } from './password-rules.js';

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
