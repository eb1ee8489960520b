import { expect, it } from 'vitest';
import { formatReply, rawReply } from './redis.js';

it('shows each kind of reply as redis-cli does', () => {
  expect(formatReply(null)).toBe('(nil)');
  expect(formatReply(3)).toBe('(integer) 3');
  expect(formatReply('OK')).toBe('OK');
  expect(formatReply('say "hi"\n')).toBe('"say \\"hi\\"\\n"');
  expect(formatReply([])).toBe('(empty array)');
  expect(formatReply(['a', ['b', 1], null])).toBe('1) "a"\n2) 1) "b"\n   2) (integer) 1\n3) (nil)');
  expect(formatReply(Array(10).fill('x')).split('\n').slice(-2)).toEqual([' 9) "x"', '10) "x"']);
});

it('shows plain values to other programs', () => {
  expect(rawReply(['a', ['b', 1], null])).toBe('a\nb\n1\n');
  expect(rawReply(0)).toBe('0');
});
