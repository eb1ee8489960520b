import { expect, it } from 'vitest';
import { notesOf, versionOf } from './release-notes.js';

const changelog = `# Changelog

## Unreleased

- Later.

## 1.10.0

### Added

- One thing,
  and how.

## [1.1.0] - 2026-01-31

- Another.

## 1.0.0

## 0.9.0

- Twice.

## 0.9.0

- Twice.
`;

it('takes out the section of a version, and nothing of its neighbours', () => {
  expect(notesOf(changelog, '1.10.0')).toBe('### Added\n\n- One thing,\n  and how.');
  expect(notesOf(changelog, '1.1.0')).toBe('- Another.');
});

it.each([
  ['1.1', 'has no sections of 1.1'],
  ['2.0.0', 'has no sections of 2.0.0'],
  ['1.0.0', 'says nothing of 1.0.0'],
  ['0.9.0', 'has 2 sections'],
])('refuses %s', (version, why) => {
  expect(() => notesOf(changelog, version)).toThrow(why);
});

it('wants the tag to be the version', () => {
  expect(versionOf('v1.2.3', '1.2.3')).toBe('1.2.3');
  expect(() => versionOf('v1.2.4', '1.2.3')).toThrow('package.json is of version 1.2.3');
  expect(() => versionOf('1.2.3', '1.2.3')).toThrow('The tag is 1.2.3');
});
