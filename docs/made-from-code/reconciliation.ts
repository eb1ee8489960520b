import { FINDING_KINDS, REPAIRS, type FindingKindText } from '../../contracts/reconciliation.js';
import { code, codes, table } from './table.js';

/** The tables of docs/reconciliation.md, by the names of their places. */
export function reconciliationTables(): Record<string, string> {
  const kinds: Record<string, FindingKindText> = FINDING_KINDS;
  return {
    findings: table(
      ['finding', 'compares', 'means', 'repaired by'],
      Object.entries(kinds).map(([kind, { compares, means, repairs }]) => [
        code(kind),
        compares,
        means,
        repairs.length > 0 ? codes(repairs) : 'nobody: somebody has to look',
      ]),
    ),
    repairs: table(
      ['repair', 'what is done'],
      Object.entries(REPAIRS).map(([repair, done]) => [code(repair), done]),
    ),
  };
}
