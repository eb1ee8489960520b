import { ACCESS } from '../../contracts/http/operation.js';
import { forwardedOperations, gatewayOperations } from '../../contracts/http/operations.js';
import { PROBLEMS, problemKindOf, type ProblemCode } from '../../contracts/http/problem.js';
import { code, table } from './table.js';

/** The tables of docs/api.md, by the names of their places. */
export function apiTables(): Record<string, string> {
  const operations = { ...forwardedOperations, ...gatewayOperations };
  return {
    calls: table(
      ['call', 'what', 'who'],
      Object.values(operations).map(({ method, path, summary, access }) => [
        code(`${method.toUpperCase()} ${path}`),
        summary,
        ACCESS[access].text,
      ]),
    ),
    problems: table(
      ['status', 'code', 'means', 'what to do'],
      Object.keys(PROBLEMS)
        .map((name) => ({ name, ...problemKindOf(name as ProblemCode) }))
        .sort((a, b) => a.status - b.status)
        .map(({ name, status, text, advice }) => [`${status}`, code(name), text, advice]),
    ),
  };
}
