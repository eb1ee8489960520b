import { expect, it } from 'vitest';
import { en } from './en.js';
import { ko } from './ko.js';

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

it('each text is there in each language, with the same values in it', () => {
  expect(Object.keys(ko)).toEqual(Object.keys(en));
  for (const [key, text] of Object.entries(en)) {
    const other = ko[key as keyof typeof en];
    expect([key, other.trim()]).not.toEqual([key, '']);
    expect([key, places(other)]).toEqual([key, places(text)]);
  }
});

it('nothing was left in English', () => {
  const same = Object.entries(en).filter(([key, text]) => ko[key as keyof typeof en] === text);
  expect(same).toEqual([]);
});
