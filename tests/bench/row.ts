import type { Bench } from './world.js';

/** One line of the report: what is measured, and what it is measured beside, in the same run and in turns. */
export interface Row {
  what: string;
  /** What its ratio is to; undefined: it is measured by itself, and the goal is its own. */
  beside?: string;
  unit: string;
  /** Of each round, as `base` is. */
  ours: number[];
  base?: number[];
  /** Of the ratio, or of what is measured by itself. */
  goal: { atLeast: number } | { atMost: number };
}

/** What a part of the bench has found out. */
export interface Measured {
  rows: Row[];
  /** More of it for people, in Markdown. */
  more?: string[];
}

export interface PartSettings {
  bench: Bench;
  /** Turns of each of the two ways. */
  rounds: number;
  /** Shows what is being done. */
  step: <T>(title: string, work: () => Promise<T>) => Promise<T>;
}

/** Two ways to do one thing in turns, A B B A, so that what drifts over the run is in both alike. */
export async function inTurns<T>(
  rounds: number,
  ours: () => Promise<T>,
  base: () => Promise<T>,
): Promise<{ ours: T[]; base: T[] }> {
  const measured = { ours: [] as T[], base: [] as T[] };
  const turns = [async () => void measured.ours.push(await ours()), async () => void measured.base.push(await base())];
  for (let round = 0; round < rounds; round += 1)
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
  return measured;
}

export const total = (values: Record<string, number>): number =>
  Object.values(values).reduce((sum, one) => sum + one, 0);

export const median = (values: number[]): number => (quantile(values, 0.5) + quantile(values, 0.5, 'above')) / 2;

/** The value that such a part of all is at most; `above`: and the next one where that is between two. */
export function quantile(values: number[], part: number, side?: 'above'): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = sorted.length * part;
  return sorted[side === 'above' ? Math.floor(place) : Math.ceil(place) - 1] ?? NaN;
}
