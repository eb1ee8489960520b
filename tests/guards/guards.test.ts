import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SECTIONS } from './all.js';
import { ATTACKS } from './attack-tests.js';
import { without } from './take-out.js';
import { isPartOf, testNamesIn } from './test-names.js';

const guards = SECTIONS.flatMap(({ guards }) => guards);

const testsNamed = ({ file, writtenIn = file, name }: (typeof guards)[number]['test']) =>
  testNamesIn(readFileSync(writtenIn, 'utf8')).filter((written) => isPartOf(name, written));

describe('each guard', () => {
  it.each(guards)('stands once where it is said to: $promise', (guard) => {
    expect(() => without(guard, readFileSync(guard.code.file, 'utf8'))).not.toThrow();
  });

  it.each(guards)('has its test: $promise', ({ test }) => {
    const { file, writtenIn = file } = test;
    expect(testsNamed(test)).toHaveLength(1);
    expect(test.name, 'as it runs').not.toMatch(/%[sdifjoO]|\$[{\w]/);
    if (writtenIn !== file) expect(readFileSync(file, 'utf8')).toContain(path.basename(writtenIn).replace(/ts$/, 'js'));
  });

  it('keeps a promise that no other makes', () => {
    const promises = guards.map(({ promise }) => promise);
    expect(promises.filter((promise, index) => promises.indexOf(promise) !== index)).toEqual([]);
  });
});

it.each(ATTACKS.flatMap(({ attack, tests }) => tests.map((test) => ({ attack, ...test }))))(
  'each attack has its tests: $attack: $name',
  (test) => expect(testsNamed(test)).toHaveLength(1),
);

describe('the names of tests', () => {
  it('are read as they are written', () => {
    const source = `
      describe('a', () => {
        it('b', () => {});
        describe.each([1])('c %i', (n) => { test.each(list)("d $x.y", async () => {}); });
      });
      it.each\`one\`(\`e \${f} g\`, () => {});`;
    expect(testNamesIn(source)).toEqual(['a b', 'a c %i d $x.y', 'e ${} g']);
  });

  it('are found by a part as it is written, or whole as they run', () => {
    expect(isPartOf('that refuses', 'a server that refuses at %s')).toBe(true);
    expect(isPartOf('a server that refuses at MAIL', 'a server that refuses at %s')).toBe(true);
    expect(isPartOf('a server that hangs up at MAIL', 'a server that refuses at %s')).toBe(false);
    expect(isPartOf('another', 'a test')).toBe(false);
  });
});

describe('taking a guard out', () => {
  const guard = { promise: '', test: { file: '', name: '' }, code: { file: 'f.ts', text: 'if (a)', instead: '$&' } };
  it('puts in what is said, to the letter', () => expect(without(guard, 'x if (a) y')).toBe('x $& y'));
  it('refuses what stands twice', () => expect(() => without(guard, 'if (a) if (a)')).toThrow('2 times'));
  it('refuses what is gone', () => expect(() => without(guard, '')).toThrow('0 times'));
  it('refuses a change that is none', () => {
    expect(() => without({ ...guard, code: { ...guard.code, instead: 'if (a)' } }, 'if (a)')).toThrow('the same');
  });
});
