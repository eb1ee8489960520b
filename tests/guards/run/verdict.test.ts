import { expect, it } from 'vitest';
import { verdictOn } from './verdict.js';

const test = { file: 'a/b.test.ts', name: 'it holds' };
const report = (statuses: Record<string, string>, message = '') => ({
  testResults: [
    {
      name: '/copy/a/b.test.ts',
      message,
      assertionResults: Object.entries(statuses).map(([fullName, status]) => ({
        fullName,
        status,
        failureMessages: status === 'failed' ? ['expected 1 to be 2\n at x'] : null,
      })),
    },
  ],
});

it('is red when the named test failed', () => {
  expect(verdictOn({ test }, report({ 'all it holds': 'failed', other: 'skipped' }))).toEqual({
    kind: 'red',
    because: 'expected 1 to be 2',
  });
});

it('is red when one row of a table failed', () => {
  expect(verdictOn({ test }, report({ 'it holds at 1': 'passed', 'it holds at 2': 'failed' })).kind).toBe('red');
});

it('is green when it passed, whatever became of the others', () => {
  expect(verdictOn({ test }, report({ 'it holds': 'passed', other: 'failed' }))).toEqual({ kind: 'green' });
});

it('is neither when a hook failed before it', () => {
  expect(verdictOn({ test }, report({ 'it holds': 'skipped' }, 'beforeAll: no database'))).toEqual({
    kind: 'unknown',
    because: 'beforeAll: no database',
  });
});

it('is neither when no such test or file ran', () => {
  expect(verdictOn({ test }, report({ other: 'failed' })).kind).toBe('unknown');
  expect(verdictOn({ test }, { testResults: [] }).kind).toBe('unknown');
});
