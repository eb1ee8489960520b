import { sinceThen } from '../support/durations.js';
import type { Stack, Row } from './look.js';

/** @returns for a person to read */
export function describeStack({ state, pid, since, rows, leftovers }: Stack, dir: string): string {
  if (state === 'none') return `Nothing runs in ${dir}. Start it with: npm start`;
  if (state === 'killed') {
    const list = leftovers.map((one) => `${one.name} (process ${one.pid})`).join(', ');
    return `What looked after the stack in ${dir} was killed. Still running, and ended by the next npm start: ${list}`;
  }
  const sick = rows.filter((row) => row.state !== 'healthy');
  const lines = [
    `${state === 'up' ? 'Up' : 'Starting'} for ${sinceThen(since)}, looked after by process ${pid}.`,
    ...(rows.length > 0 ? ['', table(rows.map(cells)), ''] : []),
    `${rows.length - sick.length} of ${rows.length} are healthy; together they take ${megabytes(sum(rows))}.`,
  ];
  return lines.join('\n');
}

export function isWell({ state, rows }: Stack) {
  return state === 'up' && rows.every((row) => row.state === 'healthy');
}

function cells({ name, state, since, pid, bytes, address, why, restarts, lastEnd, lastEndAt }: Row): string[] {
  const restarted = restarts ? `restarted ${restarts} x, last ended ${lastEnd} ${sinceThen(lastEndAt)} ago` : undefined;
  const remarks = [why, restarted].filter((remark) => remark !== undefined).join('; ');
  return [
    name,
    state,
    sinceThen(since),
    pid === undefined ? '' : `pid ${pid}`,
    bytes === undefined ? '' : megabytes(bytes),
    remarks === '' ? address : `${address}  ${remarks}`,
  ];
}

function table(rows: string[][]) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}

function sum(rows: Row[]) {
  return rows.reduce((total, { bytes = 0 }) => total + bytes, 0);
}

function megabytes(bytes: number) {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
