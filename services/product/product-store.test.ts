import { expect, test } from 'vitest';
import { escapeLike, searchWords } from './product-store.js';

test('words are parted by any spaces, each once, whatever their case', () => {
  expect(searchWords('  Blue\tTea  tea pot ')).toEqual(['blue', 'tea', 'pot']);
  expect(searchWords('   ')).toEqual([]);
});

test('what LIKE takes for a pattern is meant as it is written', () => {
  expect(escapeLike('100%_\\')).toBe('100\\%\\_\\\\');
  expect(escapeLike('tea pot')).toBe('tea pot');
});
