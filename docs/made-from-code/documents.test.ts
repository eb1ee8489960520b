import { expect, it } from 'vitest';
import { documentsMadeFromCode, fill, remade } from './documents.js';

it.each(documentsMadeFromCode)('%s says what the code says (else: npm run docs)', async (path) => {
  const { stands, should } = await remade(path);
  expect(stands).toBe(should);
});

it('puts each table into its place, and leaves the rest', () => {
  const place = 'before\n<!-- made from code: one -->\nold\n<!-- end -->\nafter';
  expect(fill(place, { one: 'new' })).toBe('before\n<!-- made from code: one -->\n\nnew\n\n<!-- end -->\nafter');
});

it('refuses a table without a place, and a place without a table', () => {
  expect(() => fill('', { one: 'new' })).toThrow('no place for one');
  expect(() => fill('<!-- made from code: two --><!-- end -->', {})).toThrow('no table two');
});
