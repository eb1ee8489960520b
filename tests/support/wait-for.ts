import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** Default 15 s. */
  timeoutMs?: number;
  /** Between two looks; default 25 ms. */
  intervalMs?: number;
}

type Truthy<T> = Exclude<T, undefined | null | false | 0 | ''>;

/**
 * Looks until `probe` gives something truthy, and returns that. A probe that throws
 * counts as "not yet". Fails with the description and what was seen last.
 */
export async function waitFor<T>(
  description: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 15_000, intervalMs = 25 }: WaitOptions = {},
): Promise<Truthy<T>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const seen = await probe();
      if (seen) return seen as Truthy<T>;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) {
      const seen = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`waited ${String(timeoutMs)} ms for: ${description}; last seen: ${seen}`, {
        cause: last,
      });
    }
    await pause(intervalMs);
  }
}
