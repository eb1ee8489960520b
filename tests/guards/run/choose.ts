import type { Section } from '../all.js';
import type { Guard } from '../guard.js';

export interface Chosen {
  section: string;
  guard: Guard;
}

/** All, or those of the sections named, or with one of the words in their promise, file or test. Throws where a word fits none. */
export function choose(sections: readonly Section[], words: readonly string[]): Chosen[] {
  const all = sections.flatMap(({ name, guards }) => guards.map((guard) => ({ section: name, guard })));
  if (words.length === 0) return all;
  const fits = (word: string) => {
    const ofSection = all.filter(({ section }) => section === word);
    if (ofSection.length > 0) return ofSection;
    const found = all.filter(({ guard: { promise, code, test } }) =>
      [promise, code.file, test.file, test.name].some((text) => text.toLowerCase().includes(word.toLowerCase())),
    );
    if (found.length > 0) return found;
    throw new Error(`no guard fits "${word}". The sections: ${sections.map(({ name }) => name).join(', ')}`);
  };
  const wanted = new Set(words.flatMap(fits).map(({ guard }) => guard));
  return all.filter(({ guard }) => wanted.has(guard));
}
