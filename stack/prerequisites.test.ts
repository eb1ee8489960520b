import { describe, expect, it } from 'vitest';
import { allNeeds, describeMissing, findMissing, type Machine, type Missing } from './prerequisites.js';

const answers: Record<string, string> = {
  npm: '11.19.1\n',
  java: 'openjdk version "17.0.15" 2026-04-15\n',
  mvn: 'Apache Maven 3.8.7\nJava version: 17.0.15\n',
  go: 'go version go1.26.8 linux/amd64\n',
};

function machine({ has = {}, ...differences }: Partial<Machine> & { has?: Record<string, string | undefined> } = {}) {
  const all = { ...answers, ...has };
  return {
    node: '20.20.2',
    platform: 'linux',
    ask: (name: string) => all[name],
    freeBytes: () => 10e9,
    ...differences,
  };
}

const needs = { ...allNeeds, megabytes: 4000, folders: ['/checkout'] };
const namesOf = (missing: Missing[]) => missing.map(({ what }) => what);

describe('findMissing', () => {
  it('finds nothing on a machine that has everything', () => {
    expect(findMissing(needs, machine())).toEqual([]);
  });

  it('names everything that is missing at once', () => {
    const bare = machine({
      node: '18.20.0',
      has: { npm: undefined, java: undefined, mvn: undefined, go: undefined },
      freeBytes: () => 1e9,
    });
    expect(namesOf(findMissing(needs, bare))).toEqual([
      'Node.js 20.20 or newer',
      'npm 10 or newer',
      'Java 17 or newer',
      'Maven 3.6 or newer',
      'Go 1.21 or newer',
      '4000 MB free at /checkout',
    ]);
  });

  it.each([
    ['20.19.6', false],
    ['20.20.0', true],
    ['21.0.0', true],
    ['9.11.2', false],
  ])('of Node.js %s says whether it will do: %s', (node, good) => {
    expect(findMissing(needs, machine({ node })).length).toBe(good ? 0 : 1);
  });

  it.each([
    ['java version "1.8.0_402"', false],
    ['openjdk version "21" 2023-09-19', true],
    ['openjdk version "11.0.2"', false],
  ])('of %s says whether it will do: %s', (java, good) => {
    expect(findMissing(needs, machine({ has: { java } })).length).toBe(good ? 0 : 1);
  });

  it('asks for no program that nothing needs', () => {
    const bare = machine({ has: { java: undefined, mvn: undefined, go: undefined } });
    expect(findMissing({ ...needs, java: false, maven: false, go: false }, bare)).toEqual([]);
  });

  it('says nothing of space where the system does not tell', () => {
    expect(findMissing(needs, machine({ freeBytes: () => undefined }))).toEqual([]);
  });
});

describe('describeMissing', () => {
  it('gives the way to get each on this system', () => {
    const missing = findMissing(needs, machine({ has: { java: undefined } }));
    expect(describeMissing(missing, 'linux')).toContain('apt-get install openjdk-17-jre-headless');
    expect(describeMissing(missing, 'darwin')).toContain('brew install openjdk@17');
  });
});
