import type { Guard } from '../guard.js';
import type { TestReport } from './run-tests.js';

export type Verdict =
  /** The test failed. */
  | { kind: 'red'; because: string }
  /** The test passed. */
  | { kind: 'green' }
  /** Nothing is known: the test didn't run to its own end. */
  | { kind: 'unknown'; because: string };

/** What the report says of one test: a file that did not load or a hook that failed is not a test that failed. */
export function verdictOn({ test }: Pick<Guard, 'test'>, report: TestReport): Verdict {
  const file = report.testResults.find(({ name }) => name.endsWith(`/${test.file}`));
  if (file === undefined) return { kind: 'unknown', because: `${test.file} was not run` };
  const named = file.assertionResults.filter(({ fullName }) => fullName.includes(test.name));
  const ran = named.filter(({ status }) => status === 'passed' || status === 'failed');
  if (ran.length === 0) {
    const missing = named.length > 0 ? 'it was not run: a hook before it failed' : 'there is no such test';
    return { kind: 'unknown', because: file.message || missing };
  }
  const failed = ran.find(({ status }) => status === 'failed');
  if (failed === undefined) return { kind: 'green' };
  return { kind: 'red', because: failed.failureMessages?.[0]?.split('\n')[0] ?? '' };
}
