import { describe, expect, it } from 'vitest';
import { unstorableTexts } from './unstorable-text.js';

describe('unstorableTexts', () => {
  it('finds NULs and lone surrogates wherever they stand', () => {
    expect(
      unstorableTexts({ note: 'a\0b', address: { name: '\ud800' }, lines: [{ name: 'ok' }, { name: '\0' }] }),
    ).toEqual(['note', 'address.name', 'lines.1.name']);
  });

  it('leaves other text alone, in whatever script', () => {
    expect(unstorableTexts({ name: '홍길동 👩‍🚀', empty: '', count: 3, none: null, at: new Date(0) })).toEqual([]);
  });
});
